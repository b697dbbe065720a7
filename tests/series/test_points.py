"""A point is the average, the least and the most of what was known."""

from __future__ import annotations

import math

from monserv.model.rollup import Group
from monserv.series.codes import NULL
from monserv.series.points import combined, from_bytes, measured

NAN = math.nan


def disk(*percents: float) -> bytes:
    point = measured(Group.DISK, [percents])
    assert point is not None
    return point


def words(point: bytes | None) -> list[int]:
    assert point is not None
    return list(from_bytes(point))


def test_it_says_how_many_polls_and_what_was_between_least_and_most() -> None:
    assert words(disk(10.0, 20.0, 60.0)) == [3, 300, 200, 300]


def test_what_was_unknown_counts_for_nothing() -> None:
    assert words(disk(NAN, 20.0, NAN)) == [1, 200, 0, 0]
    assert measured(Group.DISK, [(NAN, NAN)]) is None
    columns = [(NAN, NAN), (1.0, 3.0), *[(NAN, NAN)] * 4]
    io = words(measured(Group.IO, columns))
    assert io == [2, *(NULL, 0, 0), 2, 1, 1, *(NULL, 0, 0) * 4]


def test_together_each_slot_weighs_as_many_polls_as_it_has() -> None:
    assert words(combined(Group.DISK, [disk(10.0), disk(50.0, 50.0, 50.0)])) == [4, 400, 300, 100]


def test_the_order_and_the_grouping_of_slots_do_not_matter_to_extremes() -> None:
    slots = [disk(1.0, 9.0), disk(4.0), disk(100.0, 0.0)]
    whole = words(combined(Group.DISK, slots))
    stepwise = words(combined(Group.DISK, [combined(Group.DISK, slots[:2]), slots[2]]))
    assert (whole[0], whole[1] - whole[2], whole[1] + whole[3]) == (5, 0, 1000)
    assert (stepwise[0], stepwise[1] - stepwise[2], stepwise[1] + stepwise[3]) == (5, 0, 1000)


def test_a_slot_that_does_not_know_a_metric_says_nothing_about_it() -> None:
    columns = [(NAN,), (8.0,), *[(NAN,)] * 4]
    silent, telling = measured(Group.IO, [(5.0,)] * 6), measured(Group.IO, columns)
    assert silent is not None
    assert telling is not None
    both = words(combined(Group.IO, [silent, telling]))
    assert both[:7] == [2, 5, 0, 0, 6, 1, 2]


def test_a_point_from_before_a_metric_was_there_is_shorter_and_does_not_know_it() -> None:
    point = measured(Group.IO, [(5.0,)] * 6)
    assert point is not None
    shorter = point[:-6]
    assert words(combined(Group.IO, [shorter]))[-3:] == [NULL, 0, 0]
    assert words(combined(Group.IO, [shorter, point])) == [2, *words(point)[1:]]
