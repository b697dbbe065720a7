from __future__ import annotations

from monserv.clock import ManualClock
from monserv.stream.starts import Starts


def test_what_was_made_for_one_serves_another_as_long_as_anybody_has_it() -> None:
    starts = Starts(ManualClock())
    rest = memoryview(starts.add("key", b"frame"))[2:]
    assert starts.find("key") is rest.obj
    assert starts.add("key", b"other") is rest.obj
    assert rest == b"ame"
    for number in range(4):
        starts.add(number, b"later")
    assert starts.find("key") is rest.obj
    del rest
    assert starts.find("key") is None


def test_there_is_room_until_somebody_has_a_part_of_too_much() -> None:
    clock = ManualClock()
    starts = Starts(clock, max_bytes=10)
    half_sent = memoryview(starts.add("first", b"x" * 6))[1:]
    assert starts.has_room()
    starts.add("second", b"x" * 6)
    assert starts.held_bytes() == 12
    # What is only kept for those who come next makes room.
    assert starts.has_room()
    assert starts.held_bytes() == 6

    other = memoryview(starts.add("third", b"x" * 6))[1:]
    assert not starts.is_waited_for(clock.monotonic())
    assert not starts.has_room()
    assert starts.is_waited_for(clock.monotonic())
    clock.advance(2.0)
    assert not starts.is_waited_for(clock.monotonic())
    del half_sent, other
    assert starts.has_room()
