"""The newest rows are there, in arrays of a fixed size."""

from __future__ import annotations

import math

from monserv.model.rollup import MAX_DISKS
from monserv.series.gauges import NOTHING
from monserv.series.ring import WIDTH, Ring


def row(number: float) -> tuple[float, ...]:
    return (number, *[math.nan] * (WIDTH - 1))


def test_the_oldest_rows_make_room() -> None:
    ring = Ring(3)
    for number in range(5):
        ring.add(float(number), row(number), {"/": 10.0 * number})
    rows = ring.rows()
    assert ring.stamps(rows) == [2.0, 3.0, 4.0]
    assert ring.column(0, rows) == [2.0, 3.0, 4.0]
    assert ring.disk("/", rows) == [20.0, 30.0, 40.0]
    assert ring.stamps(ring.rows(3.0, 4.0)) == [3.0]


def test_a_missed_poll_is_a_row_in_which_nothing_is_known() -> None:
    ring = Ring(3)
    ring.add(1.0, row(1), {"/": 1.0})
    ring.add(2.0)
    rows = ring.rows()
    assert [math.isnan(one) for one in ring.column(0, rows)] == [False, True]
    assert [math.isnan(one) for one in ring.disk("/", rows)] == [False, True]
    assert all(map(math.isnan, ring.disk("/elsewhere", rows)))


def test_mount_points_that_come_and_go_do_not_fill_the_memory() -> None:
    ring = Ring(2)
    for number in range(10 * MAX_DISKS):
        ring.add(float(number), NOTHING, {f"/{number}": 1.0, "/": 2.0})
    assert len(ring.mounts) <= MAX_DISKS
    assert {"/", f"/{10 * MAX_DISKS - 1}"} <= set(ring.mounts)
    assert ring.size_bytes < 20_000


def test_what_found_no_room_finds_it_once_others_are_forgotten() -> None:
    ring = Ring(2)
    ring.add(1.0, NOTHING, {f"/old{number}": 1.0 for number in range(MAX_DISKS)})
    told = {"/new": 3.0}
    for number in range(4):
        ring.add(2.0 + number, NOTHING, told)
    assert ring.mounts == ("/new",)
    assert ring.disk("/new", ring.rows()) == [3.0, 3.0]


def test_a_clock_that_was_put_back_mixes_nothing_up() -> None:
    ring = Ring(4)
    for stamp in (100.0, 101.0, 50.0, 51.0):
        ring.add(stamp, row(stamp))
    assert ring.column(0, ring.rows()) == [50.0, 51.0, 100.0, 101.0]
