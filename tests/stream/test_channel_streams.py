"""Whatever clients and servers do: who is told everything has what a new snapshot would give.

The channel is the product's own; its sockets are boxes that can be stalled.
"""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from monserv.clock import ManualClock
from monserv.stream import chain, forms, intervals, starts
from monserv.stream.backlog import Fresh, Reader
from monserv.stream.channel import Channel
from monserv.stream.client import Visitor
from monserv.stream.entries import Item, Notice
from monserv.stream.forms import (
    WEB_SOCKET,
    WEB_SOCKET_CHAINED,
    WEB_SOCKET_CHAINED_4K,
    WEB_SOCKET_DEFLATE,
    Form,
)
from monserv.stream.mailbox import Mailbox
from monserv.stream.requests import Resume
from monserv.stream.selection import Selection
from monserv.stream.v2 import Ledger
from tests.stream import mirror as given
from tests.stream.mirror import IDS, Mirror
from tests.stream.peer import COMPRESSED, Inflater

INTERVAL_SECONDS = 10.0
# What reads each form; one that never gets anything compressed needs none that works.
INFLATERS: dict[Form, Callable[[], Inflater]] = {
    WEB_SOCKET: lambda: Inflater(15),
    WEB_SOCKET_DEFLATE: lambda: Inflater(15),
    WEB_SOCKET_CHAINED: lambda: Inflater(15, remembers=True),
    WEB_SOCKET_CHAINED_4K: lambda: Inflater(12, remembers=True),
}
selections = st.builds(
    Selection,
    view=given.tags,
    servers=given.servers,
    tags=given.tags,
    fields=given.fields,
    min_interval_seconds=st.sampled_from([0.0, INTERVAL_SECONDS]),
)


class Box:
    """Stands in for a socket: what it does not take now waits in the product's own mailbox.

    A connection has one, so its reader remembers what came before, if its form has it.
    """

    def __init__(self, mirror: Mirror, form: Form) -> None:
        self.outlet = self.direct = self
        self.form = form
        self.mirror = mirror
        self.inflater = INFLATERS[form]()
        self.mailbox = Mailbox(256)
        self.is_stalled = False
        self.is_unanswered = False  # it asked for something else, and has not got that

    def send_event(self, frame: bytes) -> bool:
        if self.is_stalled:
            assert self.mailbox.put_event(frame)
        else:
            self.deliver(frame)
        return False

    def send_step(self, frame: bytes, seq: int, reader: Reader, *, is_start: bool = False) -> bool:
        if self.is_stalled:
            self.mailbox.put_step(frame, seq, reader, is_start=is_start)
        else:
            self.deliver(frame)
        return False

    def send_start(self, seq: int, reader: Reader) -> bool:
        self.mailbox.put_start(seq, reader)
        self.is_unanswered = True
        if not self.is_stalled:
            self.recover()
        return False

    def send(self, _frame: bytes, _flags: int) -> int:
        return 0

    @property
    def conflated(self) -> int:
        return self.mailbox.conflated

    def deliver(self, frame: bytes | bytearray) -> None:
        payload = frame[2 if frame[1] < 126 else 4 if frame[1] == 126 else 10 :]
        self.mirror.read(self.inflater.message(payload) if frame[0] & COMPRESSED else payload)

    def recover(self) -> None:
        while (frame := self.mailbox.pop()) is not None:
            self.deliver(frame)
        # Unless there is no room for what it is owed.
        self.is_stalled = self.mailbox.is_owing()
        self.is_unanswered = self.is_unanswered and self.is_stalled


class Follower:
    def __init__(self, channel: Channel, mirror: Mirror, form: Form = WEB_SOCKET) -> None:
        self.socket: Any = Box(mirror, form)
        self.visitor = Visitor("127.0.0.1")
        self.selection: Selection | None = None
        self.room_bytes = 200
        self.is_new = True
        self._channel = channel

    def refresh(self, seq: int, *, is_followed: bool) -> Fresh | None:
        fresh = self._channel.fresh(self, seq, is_followed=is_followed)
        self.is_new = False
        return fresh


def alert(
    event: str, server_id: str, tags: frozenset[str], identity: str, *, is_active: bool
) -> Notice:
    # An episode belongs to one server.
    event = f"{event} of {server_id} {identity}"
    document = json.dumps({"event_id": event, "is_active": is_active}).encode()
    return Notice(event, "alert", document, is_active, server_id, identity, tags)


class Streams(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.clock = ManualClock()
        self.ledger = Ledger("e1", large_bytes=120, most_part=1)
        self.truth: dict[str, Item] = {}
        self.order = threading.Lock()
        self.channel = Channel(
            self.ledger,
            self.clock,
            self.order,
            threading.Lock(),
            load=lambda: self.truth,
            interval_seconds=4.0,
            version="1.0",
        )
        self.followers: list[Follower] = []
        self.gone: list[Mirror] = []
        # What each mirror is to be told of alerts, by its identity.
        self.expected: dict[Mirror, list[int]] = {}

    @initialize(
        start=given.worlds,
        max_befores=st.sampled_from([0, 3, intervals.MAX_BEFORES]),
        long=st.sampled_from([0, 2, 100]),
    )
    def begin(self, start: dict[str, Item], max_befores: int, long: int) -> None:
        self.truth = start
        self.patch.setattr(intervals, "MAX_BEFORES", max_befores)
        self.patch.setattr(chain, "_LONG", long)
        self.patch.setattr(forms, "_MIN_COMPRESSED_BYTES", 1)
        with self.order:
            self.channel.welcome(Follower(self.channel, Mirror(Selection())))

    @rule(changes=given.changes)
    def change(self, changes: dict[str, Item | None]) -> None:
        self.channel.publish(changes)

    @rule(
        event=st.sampled_from("ab"),
        server_id=st.sampled_from([*IDS, "gone"]),
        tags=given.tags,
        is_active=st.booleans(),
        identity=given.identities,
    )
    def tell(
        self, event: str, server_id: str, tags: frozenset[str], is_active: bool, identity: str
    ) -> None:
        notice = alert(event, server_id, tags, identity, is_active=is_active)
        for mirror in [*self.gone, *(each.socket.mirror for each in self.followers)]:
            if self.ledger.shows(notice, mirror.selection):
                self.expected[mirror].append(self.ledger.seq + 1)
        self.channel.announce(notice)

    @rule(server_id=st.sampled_from(IDS), tags=given.tags, identity=given.identities)
    def find(self, server_id: str, tags: frozenset[str], identity: str) -> None:
        """Find an alert that was active before anything began."""
        self.channel.adopt([alert("a", server_id, tags, identity, is_active=True)])

    @rule(selection=selections, form=st.sampled_from(list(INFLATERS)))
    def join(self, selection: Selection, form: Form) -> None:
        mirror = Mirror(selection)
        self.expected[mirror] = []
        follower = Follower(self.channel, mirror, form)
        self.followers.append(follower)
        with self.order:
            self.channel.welcome(follower)
        self.channel.follow(follower, selection)

    @precondition(lambda self: self.followers)
    @rule(data=st.data(), selection=selections)
    def subscribe(self, data: st.DataObject, selection: Selection) -> None:
        follower = data.draw(st.sampled_from(self.followers))
        mirror = follower.socket.mirror
        mirror.selection = replace(selection, view=mirror.selection.view)
        self.channel.follow(follower, mirror.selection)

    @precondition(lambda self: self.followers)
    @rule(data=st.data(), count=st.integers(0, 3))
    def lose(self, data: st.DataObject, count: int) -> None:
        """Cut a connection, perhaps after a part of what waited."""
        follower = data.draw(st.sampled_from(self.followers))
        for _ in range(count):
            if (frame := follower.socket.mailbox.pop()) is not None:
                follower.socket.deliver(frame)
        self.followers.remove(follower)
        with self.order:
            self.channel.leave(follower)
        # Nobody goes on from what he was never told.
        if not follower.socket.is_unanswered:
            self.gone.append(follower.socket.mirror)

    @precondition(lambda self: self.gone)
    @rule(data=st.data(), form=st.sampled_from(list(INFLATERS)))
    def come_back(self, data: st.DataObject, form: Form) -> None:
        mirror = data.draw(st.sampled_from(self.gone))
        self.gone.remove(mirror)
        follower = Follower(self.channel, mirror, form)
        with self.order:
            self.channel.welcome(follower)
        is_missed = self.ledger.since("e1", mirror.seq, mirror.selection) is None
        self.channel.resume(follower, Resume("e1", mirror.seq, mirror.selection))
        if is_missed:
            self.expected[mirror] = list(mirror.news)
        self.followers.append(follower)

    @precondition(lambda self: self.followers)
    @rule(data=st.data())
    def stall_or_recover(self, data: st.DataObject) -> None:
        box = data.draw(st.sampled_from(self.followers)).socket
        if box.is_stalled:
            box.recover()
        else:
            box.is_stalled = True

    @rule(max_bytes=st.sampled_from([0, starts.MAX_BYTES]))
    def make_room(self, max_bytes: int) -> None:
        """Let there be room for snapshots, or for none but those that there are."""
        self.channel._starts._max_bytes = max_bytes

    @rule(seconds=st.sampled_from([1.0, INTERVAL_SECONDS, 200.0]))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.channel.tend()

    def teardown(self) -> None:
        try:
            self.everybody_knows()
        finally:
            self.patch.undo()

    def everybody_knows(self) -> None:
        self.make_room(starts.MAX_BYTES)
        for follower in self.followers:
            follower.socket.recover()
        self.clock.advance(INTERVAL_SECONDS)
        assert self.channel.tend() is None
        for follower in self.followers:
            mirror, fresh = follower.socket.mirror, Mirror(follower.socket.mirror.selection)
            fresh.read(self.ledger.snapshot(mirror.selection))
            assert fresh.knows() == mirror.knows()
            assert mirror.news == self.expected[mirror], "each alert is told once"


@pytest.fixture(autouse=True)
def no_search_for_garbage() -> Iterator[None]:
    """Hypothesis parses this file, which Python 3.11 cannot while green threads are freed."""
    gc.disable()
    yield
    gc.enable()


TestStreams = Streams.TestCase
# A failure prints its steps; to find fewer that do it would take minutes.
TestStreams.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, phases=[Phase.generate]
)
