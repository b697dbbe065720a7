"""Pressure stall information of kernels that have it."""

from __future__ import annotations

import pytest

from monserv.model.hardware import Pressure, some_percents
from monserv.probe.pressure import pressure

SOME = "some avg10=1.50 avg60=0.10 avg300=0.00 total=2500000\n"
FULL = "full avg10=0.25 avg60=0.00 avg300=0.00 total=500000\n"


def test_each_file_begins_with_its_line_some() -> None:
    assert pressure(SOME + FULL + SOME + FULL + SOME + FULL) == tuple(
        Pressure(resource, 1.5, 2.5, 0.25, 0.5) for resource in ("cpu", "io", "memory")
    )


def test_the_cpu_has_no_line_full_before_5_13() -> None:
    cpu, io, memory = pressure(SOME + SOME + FULL + SOME + FULL) or ()
    assert (cpu.full_percent, cpu.full_seconds) == (None, None)
    assert (io.full_percent, memory.full_percent) == (0.25, 0.25)


def test_the_averages_are_told_whether_or_not_anybody_has_looked_at_the_rest() -> None:
    text = (SOME + FULL).replace("1.50", "{}") * 3
    found = pressure(text.format("100.00", "0.25", "3.00"))
    expected = {"cpu": 100.0, "io": 0.25, "memory": 3.0}
    assert some_percents(found) == expected
    assert {one.resource: one.some_percent for one in found or ()} == expected
    assert some_percents(found) == some_percents(tuple(found or ())) == expected
    assert some_percents(None) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        SOME,
        # With one missing nobody can say which.
        SOME + FULL + SOME + FULL,
        SOME * 4,
        FULL * 3,
        "some avg10=nan avg60=0.10 avg300=0.00 total=1\n" * 3,
        "some avg10=100.01 avg60=0.10 avg300=0.00 total=1\n" * 3,
        f"some avg10=0.00 avg60=0.10 avg300=0.00 total={'9' * 30}\n" * 3,
    ],
)
def test_what_is_not_all_three_is_none(text: str) -> None:
    assert pressure(text) is None
