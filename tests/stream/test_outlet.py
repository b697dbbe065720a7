"""Frames leave whole and in order whatever a carrier takes, and nothing after the last one."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

import hypothesis.strategies as st
from hypothesis import given

from monserv.stream.backlog import Fresh
from monserv.stream.outlet import Outlet


@dataclass
class Belt:
    """A carrier that takes so many bytes; with an ``error`` its peer is gone."""

    room: int = 0
    error: OSError | None = None
    direct: socket.socket | None = None
    taken: bytearray = field(default_factory=bytearray)
    shut_how: list[int] = field(default_factory=list)

    def write(self, data: memoryview) -> int:
        if self.error is not None:
            raise self.error
        sent = min(self.room, len(data))
        self.room -= sent
        self.taken += data[:sent]
        return sent

    def read(self) -> bytes:
        return b""

    def shut(self, how: int) -> None:
        self.shut_how.append(how)


class Owed:
    """A reader whose fresh start is there once there is ``room`` for it."""

    room_bytes = 100
    start: bytes | None = None

    def refresh(self, seq: int, *, is_followed: bool) -> Fresh | None:
        return None if self.start is None else Fresh(self.start)


def outlet(belt: Belt) -> Outlet:
    return Outlet(belt, 256)  # type: ignore[arg-type]  # it carries like a plain socket


@given(frames=st.lists(st.binary(min_size=1, max_size=30)), rooms=st.lists(st.integers(0, 40)))
def test_whatever_the_carrier_takes_frames_leave_in_their_order(
    frames: list[bytes], rooms: list[int]
) -> None:
    belt = Belt()
    made = outlet(belt)
    needs = 0
    for number, frame in enumerate(frames):
        belt.room = rooms[number] if number < len(rooms) else 0
        was_waiting = made.is_waiting
        needs += (needed := made.put(frame, lambda each: void(made.mailbox.put_event(each))))
        # Whoever flushes is asked for once, when something begins to wait.
        assert needed == (made.is_waiting and not was_waiting)
    while made.is_waiting:
        belt.room = 7
        assert made.flush()
    assert bytes(belt.taken) == b"".join(frames)
    assert not made.flush()


def void(_result: object) -> None:
    """Let nothing come back."""


def test_nothing_follows_the_last_frame_which_comes_after_what_waits() -> None:
    belt = Belt(room=3)
    made = outlet(belt)
    assert made.put(b"first", made.mailbox.put_state)
    assert not made.put_close(b"close", keep_events=True)
    assert not made.put(b"late", made.mailbox.put_state)
    belt.room = 100
    assert made.flush()
    assert (bytes(belt.taken), made.is_waiting) == (b"firstclose", False)
    assert made.direct.send(b"more", 0) == 0


def test_one_that_ended_lets_go_of_what_waits_and_of_who_is_owed() -> None:
    belt, reader = Belt(), Owed()
    made = outlet(belt)
    assert made.put_start(1, reader)
    assert made.half_sent is None
    belt.error = BrokenPipeError()
    reader.start = b"snapshot"
    made.flush()
    assert (made.is_over, made.is_waiting, made.mailbox.is_owing()) == (True, False, False)
    assert belt.shut_how == [socket.SHUT_RDWR]
    made.end()
    assert belt.shut_how == [socket.SHUT_RDWR]


def test_a_start_for_which_there_is_no_room_waits_and_is_counted_once() -> None:
    belt, reader = Belt(room=100), Owed()
    made = outlet(belt)
    assert made.put_start(1, reader)
    assert not made.put_start(2, reader)
    assert (made.is_waiting, made.queued) == (True, 1)
    reader.start = b"snapshot"
    assert made.flush()
    assert (bytes(belt.taken), made.is_waiting) == (b"snapshot", False)
