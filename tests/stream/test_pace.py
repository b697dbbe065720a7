from __future__ import annotations

from monserv.clock import ManualClock
from monserv.model.traffic import Ending
from monserv.stream.limits import Limits
from monserv.stream.pace import Pace
from monserv.stream.starts import Starts

LIMITS = Limits(stall_seconds=10.0, frame_seconds=120.0)


def ending(pace: Pace, frame: object, now: float, *, has_moved: bool = False) -> Ending | None:
    farewell = pace.look(frame, now, has_moved=has_moved)
    return None if farewell is None else farewell.ending


def test_who_takes_no_byte_for_too_long_goes() -> None:
    pace = Pace(LIMITS, 0.0)
    assert ending(pace, b"frame", 9.9) is None
    assert ending(pace, b"frame", 10.0) is Ending.SLOW


def test_who_takes_a_frame_bit_by_bit_has_a_while_and_so_for_the_next() -> None:
    pace, first, second = Pace(LIMITS, 0.0), b"first", b"second"
    for now in range(0, 120, 5):
        assert ending(pace, first, now, has_moved=True) is None
    for now in range(120, 240, 5):
        assert ending(pace, second, now, has_moved=True) is None
    assert ending(pace, second, 240.0, has_moved=True) is Ending.SLOW


def test_who_waits_for_room_is_not_slow_and_is_told_to_come_again_in_the_end() -> None:
    pace = Pace(LIMITS, 0.0)
    assert ending(pace, None, 1.0) is None
    assert ending(pace, None, 119.0) is None
    assert ending(pace, b"frame", 120.0) is None
    assert ending(pace, None, 121.0) is None
    farewell = pace.look(None, 241.0, has_moved=False)
    assert farewell is not None
    assert (farewell.ending, farewell.code) == (Ending.OVERLOAD, 1013)


def test_who_takes_a_snapshot_slowly_goes_early_while_another_has_no_room() -> None:
    clock = ManualClock()
    starts = Starts(clock, max_bytes=10)
    start, pace, other = starts.add("key", b"x" * 10), Pace(LIMITS, 0.0), Pace(LIMITS, 0.0)
    for now in range(0, 20, 5):
        assert ending(pace, start, clock.monotonic() + now, has_moved=True) is None
        assert ending(other, b"frame", clock.monotonic() + now, has_moved=True) is None
    clock.advance(20.0)
    assert not starts.has_room()
    assert ending(other, b"frame", clock.monotonic(), has_moved=True) is None
    assert ending(Pace(LIMITS, 0.0), start, clock.monotonic(), has_moved=True) is None
    assert ending(pace, start, clock.monotonic(), has_moved=True) is Ending.SLOW
