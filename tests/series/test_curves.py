"""Stored points become a point for each step; gaps stay gaps."""

from __future__ import annotations

import math

from monserv.model.rollup import Group
from monserv.series.blocks import Block, packed
from monserv.series.curves import Track
from monserv.series.points import measured

NAN = math.nan
READ, WRITTEN = "disk_read_bytes_per_second", "disk_write_bytes_per_second"


def io(read: float, written: float, polls: int = 1) -> bytes:
    columns = [(NAN,) * polls, (NAN,) * polls, (read,) * polls, (written,) * polls]
    point = measured(Group.IO, [*columns, (1.0,) * polls, (NAN,) * polls])
    assert point is not None
    return point


def track() -> Track:
    """Return slots 100 to 103 of a block, and 105 alone; of 102 nothing is written down."""
    made = Track(Group.IO, (READ, WRITTEN, "io_pressure_percent"))
    points = {0: io(10, 1), 1: io(20, NAN, 3), 3: io(70, NAN)}
    made.add_block(100, Block(packed(points, 60), 60))
    made.add_point(105, io(50, 5))
    return made


def test_each_slot_alone_or_missing() -> None:
    made = track()
    bounds = made.bounds(range(100, 107))
    curve = made.curve(READ, bounds)
    assert list(curve.average) == [10, 20, None, 70, None, 50]
    assert list(made.samples(bounds)) == [1, 3, 0, 1, 0, 1]


def test_slots_together_weigh_as_many_polls_as_they_have() -> None:
    made = track()
    bounds = made.bounds((100, 102, 104, 106))
    curve = made.curve(READ, bounds)
    assert list(curve.average) == [18, 70, 50]
    assert (list(curve.least), list(curve.most)) == ([10, 70, 50], [20, 70, 50])


def test_what_some_slots_do_not_know_is_that_of_the_others() -> None:
    made = track()
    curve = made.curve(WRITTEN, made.bounds((100, 102, 104, 106)))
    assert list(curve.average) == [1, None, 5]


def test_what_no_slot_knows_is_a_gap_from_end_to_end() -> None:
    made = track()
    curve = made.curve("io_pressure_percent", made.bounds((100, 102, 104)))
    assert (list(curve.average), list(curve.most)) == ([None, None], [None, None])


def test_a_track_without_a_point_is_a_gap() -> None:
    made = Track(Group.DISK, ("disk_used_percent",))
    bounds = made.bounds((0, 1, 2))
    assert list(made.curve("disk_used_percent", bounds).average) == [None, None]
    assert list(made.samples(bounds)) == [0, 0]
