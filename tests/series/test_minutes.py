"""A ring says what each series was in a slot, and nothing of what it does not know."""

from __future__ import annotations

import math

from monserv.model.rollup import SERVER_METRICS, Group
from monserv.series.minutes import points
from monserv.series.points import from_bytes
from monserv.series.ring import Ring


def known(**numbers: float) -> tuple[float, ...]:
    return tuple(numbers.get(name, math.nan) for name in SERVER_METRICS)


def test_only_the_rows_of_that_time_and_the_groups_that_are_known_are_told() -> None:
    ring = Ring(10)
    ring.add(59.9, known(cpu_used_percent=99.0), {"/": 99.0})
    ring.add(60.0, known(cpu_used_percent=10.0), {"/": 50.0})
    ring.add(119.9, known(cpu_used_percent=20.0))
    ring.add(120.0, known(memory_used_percent=1.0))
    found = {(group, item): list(from_bytes(one))[:4] for group, item, one in points(ring, 60, 120)}
    assert found == {(Group.CPU, ""): [2, 150, 50, 50], (Group.DISK, "/"): [1, 500, 0, 0]}


def test_polls_that_were_missed_make_no_point() -> None:
    ring = Ring(10)
    ring.add(60.0)
    assert points(ring, 60, 120) == []
    assert points(Ring(10), 60, 120) == []
