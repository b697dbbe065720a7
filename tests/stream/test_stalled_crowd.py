"""Many clients that stall in the middle of a snapshot, each of another moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from monserv.clock import ManualClock
from monserv.stream.channel import Channel
from monserv.stream.client import Visitor
from monserv.stream.entries import Item
from monserv.stream.forms import WEB_SOCKET
from monserv.stream.limits import Limits
from monserv.stream.selection import Selection
from monserv.stream.socket import ClientSocket
from monserv.stream.starts import Starts
from monserv.stream.subscriber import Subscriber
from monserv.stream.v2 import Ledger
from tests.stream.conftest import connected
from tests.stream.mirror import Mirror

CLIENTS = 200
SNAPSHOT_BYTES = 200_000
MAX_BYTES = 5 * SNAPSHOT_BYTES


class Undrained(ClientSocket):
    """Sends the rest when it is told to."""

    def start_drainer(self) -> None:
        pass

    def go_on(self) -> None:
        self._go_on()


class Stalling:
    """A client that reads when it is told to, and then all there is."""

    def __init__(self, channel: Channel, clock: ManualClock, lock: threading.Lock) -> None:
        ours, self.theirs = connected(4096)
        self.socket = Undrained(ours, clock, Limits(), WEB_SOCKET, lock)
        visitor = Visitor("127.0.0.1")
        self.subscriber = Subscriber(self.socket, clock, Limits(), visitor, channel)
        self.mirror = Mirror(Selection())
        self._ours, self._unread = ours, b""

    def read(self) -> None:
        self.theirs.setblocking(False)
        while True:
            try:
                self._unread += self.theirs.recv(65536)
            except BlockingIOError:
                break
            self.socket.go_on()
        while (frame := self._frame()) is not None:
            self.mirror.read(frame)

    def _frame(self) -> bytes | None:
        unread = self._unread
        length, start = unread[1:2] and unread[1], 2
        if length in {126, 127}:
            start = 4 if length == 126 else 10
            length = int.from_bytes(unread[2:start], "big")
        if len(unread) < 2 or len(unread) < start + int(length):
            return None
        self._unread = unread[start + int(length) :]
        return unread[start : start + int(length)]

    def close(self) -> None:
        self.theirs.close()
        self._ours.close()


class Crowd:
    def __init__(self) -> None:
        self.clock, self.order, self.writing = ManualClock(), threading.Lock(), threading.Lock()
        self.ledger = Ledger("e1")
        self.channel = Channel(
            self.ledger,
            self.clock,
            self.order,
            self.writing,
            load=lambda: {"nas": self.item(0)},
            interval_seconds=4.0,
            version="1.0",
        )
        self.channel._starts = self.starts = Starts(self.clock, MAX_BYTES)
        self.clients: list[Stalling] = []

    def item(self, n: int) -> Item:
        return Item((), {"n": n, "filler": f"{n:04}" * (SNAPSHOT_BYTES // 4)})

    def join(self) -> Stalling:
        client = Stalling(self.channel, self.clock, self.writing)
        self.clients.append(client)
        with self.order:
            self.channel.welcome(client.subscriber)
        self.channel.follow(client.subscriber, Selection())
        return client

    def held_bytes(self) -> int:
        """Return how many bytes of snapshots there are of which a client has a part."""
        frames = [each.socket.outlet.half_sent for each in self.clients]
        held = {id(frame): frame for frame in frames}
        return sum(len(frame) for frame in held.values() if isinstance(frame, bytearray))


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    crowd = Crowd()
    yield crowd
    for each in crowd.clients:
        each.close()


def test_those_who_stall_in_the_middle_of_snapshots_hold_no_more_than_there_is_room_for(
    crowd: Crowd,
) -> None:
    for n in range(1, CLIENTS + 1):
        crowd.channel.publish({"nas": crowd.item(n)})
        crowd.join()
        assert crowd.held_bytes() <= MAX_BYTES + SNAPSHOT_BYTES
    assert crowd.held_bytes() >= MAX_BYTES
    assert crowd.starts.held_bytes() == crowd.held_bytes()
    # Nor is anything else kept for those who have had nothing yet.
    assert sum(each.socket.outlet.half_sent is None for each in crowd.clients) >= CLIENTS - 6

    for _ in range(CLIENTS):
        for client in crowd.clients:
            client.socket.go_on()
            client.read()
        if all(each.mirror.servers for each in crowd.clients):
            break
    fresh = Mirror(Selection())
    fresh.read(crowd.ledger.snapshot(Selection()))
    assert [each.mirror.knows() for each in crowd.clients] == [fresh.knows()] * CLIENTS


def test_those_who_lag_while_little_changes_are_sent_the_same_bytes(crowd: Crowd) -> None:
    clients = [crowd.join() for _ in range(20)]
    for client in clients:
        client.read()
        client.socket.go_on()
    states = iter(range(1, 1000))
    # All are full, and are owed another snapshot.
    for _ in range(4):
        crowd.channel.publish({"nas": crowd.item(next(states))})
    for client in clients:
        client.read()
        crowd.channel.publish({"mail": Item((), {"n": next(states)})})
        client.socket.go_on()
    assert crowd.starts.held_bytes() <= 3 * SNAPSHOT_BYTES
    for client in clients:
        client.read()
    fresh = Mirror(Selection())
    fresh.read(crowd.ledger.snapshot(Selection()))
    assert [each.mirror.knows() for each in clients] == [fresh.knows()] * 20
