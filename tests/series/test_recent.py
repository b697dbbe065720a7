"""Rows in memory as curves: each a point, or some for each step."""

from __future__ import annotations

import math

from monserv.model.rollup import SERVER_METRICS
from monserv.series import recent
from monserv.series.curves import Found
from monserv.series.ring import Ring

CPU, DISK = "cpu_used_percent", "disk_used_percent"


def ring() -> Ring:
    made = Ring(10)
    for second, cpu in ((0.0, 10.0), (4.0, 20.0), (8.0, math.nan), (12.0, 40.0)):
        row = tuple(cpu if name == CPU else math.nan for name in SERVER_METRICS)
        made.add(second, row, {"/": 50.0} if cpu == 40.0 else {"/tmp": math.nan})
    return made


def read(edges: range | tuple[()] = (), disks: frozenset[str] | None = None) -> Found:
    return recent.read(ring(), since=0.0, until=12.0, edges=edges, metrics=(CPU, DISK), disks=disks)


def test_each_row_is_a_point() -> None:
    found = read()
    assert list(found.at) == [0.0, 4.0, 8.0, 12.0]
    assert list(found.samples) == [1, 1, 0, 1]
    assert list(found.metrics[CPU].average) == [10.0, 20.0, None, 40.0]
    assert {mount: list(found.disks[mount][DISK].most) for mount in found.disks} == {
        "/": [None, None, None, 50.0]
    }


def test_rows_are_joined_in_steps() -> None:
    found = read(range(0, 21, 8))
    assert (list(found.at), list(found.samples)) == ([0, 8], [2, 1])
    curve = found.metrics[CPU]
    assert (list(curve.average), list(curve.least), list(curve.most)) == (
        [15.0, 40.0],
        [10.0, 40.0],
        [20.0, 40.0],
    )


def test_disks_that_nobody_asked_for_are_left_out() -> None:
    assert read(disks=frozenset({"/home"})).disks == {}
