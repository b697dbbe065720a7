"""Whatever stands between two messages of a chain: each client reads all that it gets.

Clients are boxes with the product's own mailbox behind them; what comes out is inflated by an
inflater that each has for itself, and that remembers.
"""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from monserv.stream import chain
from monserv.stream.audience import Audience, Follower, Step
from monserv.stream.backlog import Fresh, Reader
from monserv.stream.client import Visitor
from monserv.stream.fanout import write_to_all
from monserv.stream.forms import WEB_SOCKET_CHAINED, WEB_SOCKET_CHAINED_4K, WEB_SOCKET_DEFLATE, Form
from monserv.stream.mailbox import Mailbox
from monserv.stream.selection import Selection
from tests.stream.peer import COMPRESSED, Inflater

ROW = b'{"server":"a name that comes again","used_percent":%d,"state":"%s"}'
# A snapshot is longer than what is never compressed, and unlike what the chain says.
SNAPSHOT = b'{"snapshot":"%s","number":%d,"state":"all"}'
WORDS = {"on", "off" * 100, "news" * 50, "the end", "all"}
WINDOWS = {WEB_SOCKET_CHAINED: 15, WEB_SOCKET_CHAINED_4K: 12, WEB_SOCKET_DEFLATE: 15}


class Box:
    """A client and its socket in one; ``is_slow`` says that its socket takes nothing."""

    def __init__(self, form: Form, room_bytes: int, state: list[int]) -> None:
        self.socket: Any = self
        self.visitor = Visitor("127.0.0.1")
        self.selection: Selection | None = None
        self.form = form
        self.is_new = True
        self.room_bytes = room_bytes
        self.mailbox = Mailbox(1000)
        self.is_slow = False
        self.outlet = self.direct = self
        self.read: list[bytes] = []
        self._state = state
        self._inflater = Inflater(WINDOWS[form], remembers=form is not WEB_SOCKET_DEFLATE)

    def refresh(self, _seq: int, *, is_followed: bool) -> Fresh:
        del is_followed
        return Fresh(self.form.message(SNAPSHOT % (b"words " * 30, self._state[0])))

    @property
    def conflated(self) -> int:
        return self.mailbox.conflated

    def send(self, frame: bytes, _flags: int) -> int:
        """Take a frame as the bare socket does."""
        if self.is_slow:
            return 0
        self._take(frame)
        return len(frame)

    def send_step(self, frame: bytes, seq: int, reader: Reader, *, is_start: bool = False) -> bool:
        self.mailbox.put_step(frame, seq, reader, is_start=is_start)
        return False

    def send_event(self, frame: bytes) -> bool:
        assert self.mailbox.put_event(frame)
        return False

    def pop(self) -> bool:
        """Take one of the frames that wait; return whether there was one."""
        frame = self.mailbox.pop()
        if frame is not None:
            self._take(frame)
        return frame is not None

    def _take(self, frame: bytes | bytearray) -> None:
        assert frame[0] in {0x81, 0x81 | COMPRESSED}
        payload = frame[2 if frame[1] < 126 else 4 if frame[1] == 126 else 10 :]
        is_compressed = frame[0] & COMPRESSED
        message = self._inflater.message(payload) if is_compressed else payload
        assert json.loads(message)["state"] in WORDS
        self.read.append(message)


class Crowd(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.lock = threading.Lock()
        self.audiences = {form: Audience(form, self.lock) for form in WINDOWS}
        self.boxes: list[Box] = []
        self.state = [0]

    @initialize(long=st.sampled_from([0, 3, 1000]))
    def begin(self, long: int) -> None:
        self.patch.setattr(chain, "_LONG", long)
        for form in WINDOWS:
            self.join(form, 40)

    @rule(form=st.sampled_from(list(WINDOWS)), room_bytes=st.sampled_from([0, 100, 1000]))
    def join(self, form: Form, room_bytes: int) -> None:
        """Come, and get a message of one's own."""
        box = Box(form, room_bytes, self.state)
        self.boxes.append(box)
        self.audiences[form].join(box)
        box.send(bytes(box.refresh(0, is_followed=False).start), 0)

    @rule(
        word=st.sampled_from([b"on", b"off" * 100]),
        is_start=st.booleans(),
        times=st.sampled_from([1, 4]),
    )
    def change(self, word: bytes, is_start: bool, times: int) -> None:
        for _ in range(times):
            self.state[0] += 1
            step = Step(ROW % (self.state[0], word), self.state[0] - 1, is_start)
            for audience in self.audiences.values():
                assert audience.send(step) == []

    @rule()
    def announce(self) -> None:
        for form, audience in self.audiences.items():
            frame = form.aside(ROW % (0, b"news" * 50))
            write_to_all(audience.followers(), frame, self.lock, partial(keep, frame))

    @precondition(lambda self: len(self.boxes) > 3)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        box = data.draw(st.sampled_from(self.boxes))
        self.boxes.remove(box)
        self.audiences[box.form].leave(box)

    @rule(data=st.data())
    def stall(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.boxes)).is_slow = True

    @rule(data=st.data(), count=st.sampled_from([1, 2, 100]))
    def recover(self, data: st.DataObject, count: int) -> None:
        """Read some of what waits, or all of it."""
        box = data.draw(st.sampled_from(self.boxes))
        box.is_slow = any(not box.pop() for _ in range(count)) is False

    def teardown(self) -> None:
        self.patch.undo()
        self.change(b"the end", is_start=False, times=1)
        for box in self.boxes:
            while box.pop():
                pass
            ends = (ROW % (self.state[0], b"the end"), SNAPSHOT % (b"words " * 30, self.state[0]))
            states = [each for each in box.read if b"news" not in each]
            assert states[-1] in ends


def keep(frame: bytes, one: Follower) -> bool:
    return one.socket.send_event(frame)


TestCrowd = Crowd.TestCase
TestCrowd.settings = settings(
    max_examples=100, stateful_step_count=50, deadline=None, phases=[Phase.generate]
)


def test_who_missed_nothing_is_in_step_and_shares_one_compression(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    audience = Audience(WEB_SOCKET_CHAINED, threading.Lock())
    state = [0]
    boxes = [Box(WEB_SOCKET_CHAINED, 1000, state) for _ in range(3)]
    for box in boxes:
        audience.join(box)
    made: list[bytes] = []
    message = chain.Chain.message

    def count(self: chain.Chain, payload: bytes) -> bytes:
        made.append(message(self, payload))
        return made[-1]

    monkeypatch.setattr(chain.Chain, "message", count)
    for number in range(5):
        audience.send(Step(ROW % (number, b"on"), number, is_start=False))

    assert [len(box.read) for box in boxes] == [5] * 3
    assert len(made) == 5
    assert max(map(len, made[1:])) < 30 < len(made[0])


def test_one_that_comes_later_is_in_step_once_the_chain_begins_anew() -> None:
    audience = Audience(WEB_SOCKET_CHAINED, threading.Lock())
    sizes: list[int] = []
    state = [0]

    class Counting(Box):
        def send(self, frame: bytes, flags: int) -> int:
            sizes.append(len(frame))
            return super().send(frame, flags)

    audience.join(Box(WEB_SOCKET_CHAINED, 1000, state))
    audience.send(Step(ROW % (0, b"on"), 0, is_start=False))
    audience.join(Counting(WEB_SOCKET_CHAINED, 1000, state))
    for number in range(1, 40):
        audience.send(Step(ROW % (number, b"on"), number, is_start=False))

    # Too short for a message that stands for itself, then one beginning, then in step.
    assert [size > 40 for size in sizes] == [True] * 32 + [False] * 7
