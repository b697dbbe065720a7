from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

from monserv.clock import SystemClock
from monserv.stream import frames
from monserv.stream.fanout import write_to_all
from monserv.stream.frames import CloseCode
from monserv.stream.limits import Limits
from monserv.stream.socket import ClientSocket
from tests.stream.conftest import Connection
from tests.stream.peer import CLOSE, Peer
from tests.waiting import eventually

SMALL_BUFFER = 4096
LARGE = 200_000


@dataclass(frozen=True)
class Reached:
    socket: ClientSocket


class Room:
    """Clients whose sockets share a lock."""

    def __init__(self, connection: Connection) -> None:
        self.lock = threading.Lock()
        self.kept: list[Reached] = []
        self._connection = connection

    def client(self, send_buffer_bytes: int | None = None) -> tuple[Reached, Peer]:
        ours, theirs = self._connection(send_buffer_bytes)
        client = Reached(ClientSocket(ours, SystemClock(), Limits(), lock=self.lock))
        return client, Peer(theirs)

    def write(self, payload: bytes, *clients: Reached) -> list[Reached]:
        frame = frames.text(payload)

        def keep(client: Reached) -> bool:
            self.kept.append(client)
            return client.socket.send_event(frame)

        return write_to_all(clients, frame, self.lock, keep)


@pytest.fixture
def room(connection: Connection) -> Room:
    return Room(connection)


def test_a_frame_reaches_all_who_can_take_it(room: Room) -> None:
    (one, reads), (other, reads_too) = room.client(), room.client()

    assert room.write(b"hello", one, other) == []

    assert (reads.texts(1), reads_too.texts(1)) == ([b"hello"], [b"hello"])


def test_a_frame_that_is_taken_in_part_goes_on_where_it_stopped(room: Room) -> None:
    (client, peer), (other, reads) = room.client(SMALL_BUFFER), room.client()

    assert room.write(b"x" * LARGE, client, other) == [client]
    client.socket.start_drainer()

    assert peer.texts(1) == [b"x" * LARGE]
    assert reads.texts(1) == [b"x" * LARGE]


def test_what_comes_while_something_waits_is_kept_and_comes_after_it(room: Room) -> None:
    client, peer = room.client(SMALL_BUFFER)

    slow = room.write(b"x" * LARGE, client)
    room.kept.clear()
    assert room.write(b"second", client) == []
    assert room.kept == [client]

    for each in slow:
        each.socket.start_drainer()
    assert peer.texts(2) == [b"x" * LARGE, b"second"]
    assert room.write(b"third", client) == []
    assert peer.texts(1) == [b"third"]


def test_nothing_follows_a_close(room: Room) -> None:
    client, peer = room.client()

    client.socket.send_close(CloseCode.GOING_AWAY)
    assert room.write(b"late", client) == []
    client.socket.hang_up()

    assert [frame.opcode for frame in peer.frames()] == [CLOSE]


def test_one_who_is_gone_keeps_nobody_from_getting_a_frame(room: Room) -> None:
    (gone, peer), (here, reads) = room.client(), room.client()
    peer.sock.close()

    for _ in range(3):
        assert room.write(b"hello", gone, here) == []

    assert reads.texts(3) == [b"hello"] * 3
    assert gone.socket.is_over()


def test_a_client_that_caught_up_is_written_to_at_once_again(room: Room) -> None:
    client, peer = room.client(SMALL_BUFFER)
    at_first = client.socket.outlet.direct

    for each in room.write(b"x" * LARGE, client):
        each.socket.start_drainer()
    assert peer.texts(1) == [b"x" * LARGE]

    assert eventually(lambda: client.socket.outlet.direct is at_first)
