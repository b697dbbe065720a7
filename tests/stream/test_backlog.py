from __future__ import annotations

from monserv.stream.backlog import Backlog


class Reader:
    """Has room for ten bytes."""

    room_bytes = 10

    def __init__(self) -> None:
        self.asked: list[int | None] = []

    def refresh(self, seq: int | None) -> bytes:
        self.asked.append(seq)
        return b"fresh"


def contents(backlog: Backlog) -> list[bytes]:
    found = []
    while (frame := backlog.pop()) is not None:
        found.append(frame)
    return found


def test_what_has_room_is_kept_in_its_order() -> None:
    backlog, reader = Backlog(), Reader()
    backlog.put_step(b"1111", 1, reader)
    backlog.put_event(b"an event of any size")
    backlog.put_step(b"222222", 2, reader)

    assert backlog.event_count == 1
    assert contents(backlog) == [b"1111", b"an event of any size", b"222222"]
    assert (backlog.event_count, reader.asked) == (0, [])


def test_a_step_too_many_drops_all_of_them_and_no_event() -> None:
    backlog, reader = Backlog(), Reader()
    backlog.put_event(b"before")
    backlog.put_step(b"11111", 4, reader)
    backlog.put_event(b"between")
    backlog.put_step(b"222222", 5, reader)
    backlog.put_step(b"3", 6, reader)
    backlog.put_event(b"after")

    assert backlog.events() == [b"before", b"between", b"after"]
    assert contents(backlog) == [b"before", b"fresh", b"between", b"after"]
    # It knows everything up to the first step that it did not get, and more.
    assert reader.asked == [4]


def test_a_fresh_start_is_made_when_it_leaves_and_is_the_newest_where_no_event_follows() -> None:
    backlog, reader = Backlog(), Reader()
    backlog.put_event(b"before")
    backlog.put_step(b"x" * 11, 4, reader)
    assert reader.asked == []

    assert contents(backlog) == [b"before", b"fresh"]
    assert reader.asked == [None]


def test_there_is_room_again_once_something_has_left() -> None:
    backlog, reader = Backlog(), Reader()
    backlog.put_step(b"1" * 10, 1, reader)
    assert backlog.pop() == b"1" * 10
    backlog.put_step(b"2" * 10, 2, reader)
    backlog.put_step(b"3", 3, reader)
    assert contents(backlog) == [b"fresh"]
    backlog.put_step(b"4" * 10, 4, reader)
    assert contents(backlog) == [b"4" * 10]


def test_the_number_of_steps_is_bounded_too() -> None:
    backlog, reader = Backlog(), Reader()
    for seq in range(1001):
        backlog.put_step(b"", seq, reader)
    assert contents(backlog) == [b"fresh"]


def test_no_older_event_comes_after_a_start_that_was_meant_to_follow_it() -> None:
    backlog, reader = Backlog(), Reader()
    backlog.put_step(b"1" * 10, 4, reader)
    backlog.put_event(b"of what was seen then")
    backlog.put_step(b"2" * 10, 5, reader, is_start=True)
    backlog.put_event(b"newer")
    assert contents(backlog) == [b"fresh", b"of what was seen then", b"newer", b"fresh"]
    assert reader.asked == [4, None]
    assert backlog.pop() is None


def test_no_step_is_kept_while_a_start_is_owed() -> None:
    backlog, reader = Backlog(), Reader()
    backlog.put_step(b"1" * 10, 4, reader)
    backlog.put_event(b"event")
    assert backlog.put_step(b"2" * 10, 5, reader, is_start=True) == 2
    assert backlog.pop() == b"fresh"
    # It would leave before a start that shows it.
    assert backlog.put_step(b"3", 6, reader) == 1
    assert contents(backlog) == [b"event", b"fresh"]
    assert backlog.put_step(b"4", 7, reader) == 0
    assert contents(backlog) == [b"4"]


def test_a_start_after_which_no_event_was_kept_is_one_start() -> None:
    backlog, reader = Backlog(), Reader()
    backlog.put_event(b"before")
    backlog.put_step(b"1" * 11, 4, reader)
    backlog.put_step(b"2" * 11, 4, reader, is_start=True)
    assert contents(backlog) == [b"before", b"fresh"]
