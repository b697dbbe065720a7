"""Many changes become one step for who wants it so, and what is remembered for that is bounded."""

from __future__ import annotations

import pytest

from monserv.stream.entries import Change, Item
from monserv.stream.intervals import Intervals
from monserv.stream.selection import Selection

SELDOM = Selection(min_interval_seconds=10.0)
SELDOMER = Selection(min_interval_seconds=60.0)


def change(seq: int, **befores: Item | None) -> Change:
    return Change(seq, 0.0, {}, befores=befores)


@pytest.fixture
def intervals() -> Intervals:
    made = Intervals()
    for selection in (SELDOM, SELDOMER, Selection()):
        made.begin(selection, 100.0)
    return made


def note(intervals: Intervals, selection: Selection, one: Change) -> int:
    pending = intervals.get(selection)
    assert pending is not None
    return pending.note(one, intervals.room())


def test_only_who_has_an_interval_waits(intervals: Intervals) -> None:
    assert list(intervals.selections()) == [SELDOM, SELDOMER]
    assert intervals.get(Selection()) is None
    assert intervals.take(Selection(), 1000.0) is None


def test_a_server_is_remembered_as_it_was_first(intervals: Intervals) -> None:
    first, second = Item((), {"n": 0}), Item((), {"n": 1})
    assert note(intervals, SELDOM, change(5, nas=first)) == 1
    assert note(intervals, SELDOM, change(6, nas=second, web=None)) == 1
    assert intervals.befores(SELDOM) == (4, {"nas": first, "web": None})
    assert intervals.befores(SELDOMER) is None


def test_it_is_told_when_its_interval_is_over_and_then_the_next_one_begins(
    intervals: Intervals,
) -> None:
    for selection in (SELDOM, SELDOMER):
        note(intervals, selection, change(5, nas=None))
    assert (intervals.due(109.0), intervals.wait_seconds(109.0)) == ([], 1.0)
    assert intervals.due(110.0) == [SELDOM]
    taken = intervals.take(SELDOM, 110.0)
    assert taken is not None
    assert (taken.seq, taken.befores) == (4, {"nas": None})
    assert intervals.take(SELDOM, 110.0) is None
    assert intervals.wait_seconds(110.0) == 50.0
    note(intervals, SELDOM, change(6, nas=None))
    assert (intervals.due(119.0), intervals.due(120.0)) == ([], [SELDOM])


def test_what_there_is_no_room_for_is_told_as_a_whole(
    intervals: Intervals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.stream.intervals.MAX_BEFORES", 3)
    assert note(intervals, SELDOM, change(5, a=None, b=None)) == 2
    assert note(intervals, SELDOMER, change(5, a=None, b=None)) == 0
    assert note(intervals, SELDOM, change(6, c=None, d=None)) == -2
    whole = [intervals.take(one, 200.0) for one in (SELDOM, SELDOMER)]
    assert [one is not None and (one.is_whole, one.befores) for one in whole] == [(True, {})] * 2
    assert intervals.room() == 3


def test_who_was_told_everything_or_is_gone_waits_for_nothing(intervals: Intervals) -> None:
    for selection in (SELDOM, SELDOMER):
        note(intervals, selection, change(5, nas=None))
    intervals.end(SELDOMER)
    assert list(intervals.selections()) == [SELDOM]
    intervals.clear()
    assert (intervals.due(500.0), intervals.wait_seconds(500.0)) == ([], None)
    # When it is due next has not changed with that.
    note(intervals, SELDOM, change(6, nas=None))
    assert intervals.wait_seconds(100.0) == 10.0
