from __future__ import annotations

from monserv.stream.backlog import Backlog, Fresh


class Reader:
    """Has room for ten bytes, and remembers what it was asked for: (seq, is_followed)."""

    room_bytes = 10

    def __init__(self) -> None:
        self.asked: list[tuple[int, bool]] = []
        self.fresh: Fresh | None = Fresh(b"fresh")

    def refresh(self, seq: int, *, is_followed: bool) -> Fresh | None:
        self.asked.append((seq, is_followed))
        return self.fresh


def contents(backlog: Backlog) -> list[bytes | bytearray]:
    found = []
    while (frame := backlog.pop()) is not None:
        found.append(frame)
    return found


def test_what_has_room_is_kept_in_its_order() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_step(b"1111", 1)
    backlog.put_event(b"an event of any size")
    backlog.put_step(b"222222", 2)

    assert backlog.event_count == 1
    assert contents(backlog) == [b"1111", b"an event of any size", b"222222"]
    assert (backlog.event_count, reader.asked) == (0, [])


def test_a_step_too_many_drops_all_of_them_and_no_event() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_event(b"before")
    backlog.put_step(b"11111", 4)
    backlog.put_event(b"between")
    backlog.put_step(b"222222", 5)
    backlog.put_step(b"3", 6)
    backlog.put_event(b"after")

    assert backlog.events() == [b"before", b"between", b"after"]
    assert contents(backlog) == [b"before", b"fresh", b"between", b"after"]
    # It knows everything up to the first step that it did not get, and more.
    assert reader.asked == [(4, True)]


def test_a_fresh_start_is_made_when_it_leaves_and_is_the_newest_where_no_event_follows() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_event(b"before")
    backlog.put_step(b"x" * 11, 4)
    assert reader.asked == []

    assert contents(backlog) == [b"before", b"fresh"]
    assert reader.asked == [(4, False)]


def test_there_is_room_again_once_something_has_left() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_step(b"1" * 10, 1)
    assert backlog.pop() == b"1" * 10
    backlog.put_step(b"2" * 10, 2)
    backlog.put_step(b"3", 3)
    assert contents(backlog) == [b"fresh"]
    backlog.put_step(b"4" * 10, 4)
    assert contents(backlog) == [b"4" * 10]


def test_the_number_of_steps_is_bounded_too() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    for seq in range(1001):
        backlog.put_step(b"", seq)
    assert contents(backlog) == [b"fresh"]


def test_no_older_event_comes_after_a_start_that_was_meant_to_follow_it() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_step(b"1" * 10, 4)
    backlog.put_event(b"of what was seen then")
    backlog.put_step(b"2" * 10, 5, is_start=True)
    # Nor one that tells of what the start alone shows before it.
    backlog.put_event(b"newer")
    assert contents(backlog) == [b"fresh", b"of what was seen then", b"fresh", b"newer"]
    assert reader.asked == [(4, True), (5, True)]
    assert backlog.pop() is None


def test_no_step_is_kept_while_a_start_is_owed() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_step(b"1" * 10, 4)
    backlog.put_event(b"event")
    assert backlog.put_step(b"2" * 10, 5, is_start=True) == 2
    assert backlog.pop() == b"fresh"
    # It would leave before a start that shows it.
    assert backlog.put_step(b"3", 6) == 1
    assert contents(backlog) == [b"event", b"fresh"]
    assert backlog.put_step(b"4", 7) == 0
    assert contents(backlog) == [b"4"]


def test_a_start_after_which_no_event_was_kept_is_one_start() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_event(b"before")
    backlog.put_step(b"1" * 11, 4)
    backlog.put_step(b"2" * 11, 4, is_start=True)
    assert contents(backlog) == [b"before", b"fresh"]


def test_a_start_is_owed_once_behind_all_that_waits() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_step(b"1", 4)
    backlog.put_event(b"event")
    backlog.put_start(5)
    backlog.put_start(6)
    assert backlog.put_step(b"2", 6) == 1
    assert contents(backlog) == [b"1", b"event", b"fresh"]
    assert reader.asked == [(5, False)]


def test_a_start_waits_until_there_is_room_and_all_behind_it() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_start(1)
    backlog.put_event(b"event")
    reader.fresh = None
    assert backlog.pop() is None
    assert not backlog.is_empty()
    reader.fresh = Fresh(b"fresh")
    assert contents(backlog) == [b"fresh", b"event"]
    assert backlog.is_empty()


def test_what_happened_since_a_start_follows_it_and_leaves_room_for_what_comes() -> None:
    reader = Reader()
    backlog = Backlog(reader)
    backlog.put_start(4)
    reader.fresh = Fresh(b"fresh", [(b"", seq) for seq in range(3, 803)])
    assert backlog.pop() == b"fresh"
    for seq in range(803, 1803):
        assert backlog.put_step(b"", seq) == 0
    assert backlog.put_step(b"", 1803) == 1801
    assert contents(backlog) == [b"fresh", *[b""] * 800]
    assert reader.asked[-1] == (3, False)
