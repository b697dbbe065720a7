"""The CPU rows of /proc/stat, and what they say about the time between two readings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.model.sample import CpuShares
from monserv.probe import cpu
from monserv.probe.cpu import CpuTimes

CORE = "cpu0 1 2 3 4\n"


@pytest.mark.parametrize(
    ("stat", "total"),
    [
        (f"cpu  10 1 5 80 4 0 0 0 0 0\n{CORE}", (10, 1, 5, 80, 4, 0, 0, 0, 0, 0)),
        (f"cpu 9 1 5 80\n{CORE}", (9, 1, 5, 80)),
        (f"intr 5\ncpu  10 1 5 80\n{CORE}", (10, 1, 5, 80)),
        (f"cpu  10 1 5\n{CORE}", None),
        ("cpu  10 1 5 80 4 0 0 0\n", None),
        ("cpu  10 1 5 80", None),
        (f"cpu  10 1 NaN 80 4 0 0 0\n{CORE}", None),
        (f"cpu  10 -1 5 80 4 0 0 0\n{CORE}", None),
        (f"cpu  10 1 5 {'9' * 30} 4 0 0 0\n{CORE}", None),
        ("cpu  10 1 5 80 4 0 0 0\r\ncpu0 1 2 3 4\r\n", None),
        ("", None),
    ],
)
def test_the_row_of_all_cores(stat: str, total: tuple[int, ...] | None) -> None:
    found = cpu.cpu_times(stat)
    assert total == (found and found.total)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("cpu0 1 1 1 1\ncpu7 2 2 2 2 5\n", {0: (1, 1, 1, 1), 7: (2, 2, 2, 2, 5)}),
        # A row that was cut is no core.
        ("cpu0 1 2 3 4\ncpu1 1 2", {0: (1, 2, 3, 4)}),
        ("cpu\u0661 1 2 3 4\n", {}),
        ("cpu99999999 1 2 3 4\n", {}),
        ("page 1 2\ncpu0 1 2 3 4\n", {}),
    ],
)
def test_the_rows_of_each_core(rows: str, expected: dict[int, tuple[int, ...]]) -> None:
    assert expected == cpu.core_ticks(f"\n{rows}")


def test_512_cores_are_told_one_by_one_and_a_flood_is_bounded() -> None:
    def cores(count: int) -> tuple[int, int]:
        rows = "".join(f"cpu{n} 1 1 1 1\n" for n in range(count))
        found = cpu.cpu_times(f"cpu  10 1 5 80\n{rows}intr 1\n")
        assert found is not None
        return found.cores, len(cpu.core_ticks(found.rows))

    assert cores(512) == (512, 512)
    assert cores(9000) == (cpu.MAX_CORES, cpu.MAX_CORES)


def test_shares_say_how_the_time_was_spent() -> None:
    before = (100, 100, 100, 100, 100, 100, 100, 100, 100, 100)
    # user nice system idle iowait irq softirq steal guest guest_nice
    after = (110, 105, 110, 150, 110, 103, 102, 110, 108, 104)
    assert cpu.shares(before, after, 3) == CpuShares(3, 40.0, 15.0, 15.0, 10.0, 10.0)


def test_a_kernel_that_tells_four_modes_has_the_others_at_nothing() -> None:
    assert cpu.shares((0, 0, 0, 0), (10, 10, 5, 75)) == CpuShares(None, 25.0, 20.0, 5.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("after", "used"),
    [
        # iowait and idle step back now and then (proc(5)), work a little at most.
        ((1100, 1000, 1000, 1300, 990), 25.0),
        ((1100, 1000, 1000, 990, 1000), 100.0),
        ((1100, 999, 1000, 1300, 1000), 25.0),
        ((500, 1000, 1000, 9000, 1000), None),
        ((1000, 1000, 1000, 1000, 1000), None),
        ((0, 0, 0, 0, 0), None),
    ],
)
def test_counters_that_go_back(after: tuple[int, ...], used: float | None) -> None:
    found = cpu.shares((1000,) * 5, after)
    assert used == (found and found.used_percent)


def test_a_core_has_shares_from_its_second_reading() -> None:
    before = CpuTimes((0,) * 4, 2, "\ncpu0 0 0 0 0\ncpu1 0 0 0 0")
    after = CpuTimes((0,) * 4, 2, "\ncpu1 1 0 0 1\ncpu2 1 0 0 1")
    assert cpu.per_core(before, after) == (CpuShares(1, 50.0, 50.0, 0.0, 0.0, 0.0),)


TICKS = st.lists(st.integers(0, 2**63 - 1), min_size=4, max_size=12).map(tuple)


@given(before=TICKS, after=TICKS)
def test_a_share_is_a_percent_whatever_was_read(
    before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    found = cpu.shares(before, after)
    if found is not None:
        parts = (
            found.used_percent,
            found.user_percent,
            found.system_percent,
            found.iowait_percent,
            found.steal_percent,
        )
        assert all(0 <= part <= 100 for part in parts)
        assert found.user_percent + found.system_percent <= found.used_percent + 1e-6
