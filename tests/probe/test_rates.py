"""Percents and rates of two readings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.model.sample import Interface
from monserv.probe.procfs import CpuTimes
from monserv.probe.rates import cpu_percent, network


def interface(name: str = "eth0", sent: int = 0, recv: int = 0) -> Interface:
    return Interface(name, sent, recv, 0, 0, 0, 0, 0, 0)


ETH = frozenset({"eth0"})


@pytest.mark.parametrize(
    ("total", "idle", "expected"),
    [
        (400, 300, 25.0),
        (400, 400, 0.0),
        (400, 0, 100.0),
        (400, -3, 100.0),
        (400, 500, 0.0),
        (0, 0, None),
        (-5, -5, None),
    ],
)
def test_cpu_percent_is_the_share_of_time_not_idle(
    total: int, idle: int, expected: float | None
) -> None:
    before = CpuTimes(10_000, 9_000, 4)
    assert expected == cpu_percent(before, CpuTimes(10_000 + total, 9_000 + idle, 4))


def rates(before: list[Interface], after: list[Interface], seconds: float = 2.0) -> tuple[int, int]:
    found = network(before, after, ETH, seconds)
    assert found is not None
    return found.bytes_sent_rate, found.bytes_recv_rate


def test_rates_are_bytes_over_the_server_s_own_time() -> None:
    assert rates([interface(sent=100, recv=10)], [interface(sent=500, recv=30)]) == (200, 10)


@pytest.mark.parametrize(
    "after", [interface(sent=50, recv=2**32), interface(sent=10**6, recv=9), interface()]
)
def test_a_counter_that_wraps_or_starts_anew_gives_no_rate_for_that_step(after: Interface) -> None:
    assert rates([interface(sent=100, recv=10)], [after]) == (0, 0)


def test_an_interface_counts_from_its_second_reading() -> None:
    assert rates([], [interface(sent=10**9, recv=10**9)]) == (0, 0)
    assert rates([interface(sent=10**9)], []) == (0, 0)


def test_only_hardware_counts_where_there_is_any() -> None:
    bridge = [interface("br0", 900, 900), interface(sent=100, recv=100)]
    found = network(bridge, bridge, ETH, 1)
    assert found is not None
    assert (found.total_bytes_sent, [row.name for row in found.interfaces]) == (
        100,
        ["br0", "eth0"],
    )
    found = network(bridge, bridge, frozenset(), 1)
    assert found is not None
    assert found.total_bytes_sent == 1000


def test_there_is_no_rate_when_no_time_passed() -> None:
    assert network([interface()], [interface()], ETH, 0) is None
    assert network([interface()], [interface()], ETH, -3600) is None


COUNTER = st.integers(0, 2**63 - 1)


@given(sent=COUNTER, recv=COUNTER, later_sent=COUNTER, later_recv=COUNTER)
def test_no_rate_is_negative(sent: int, recv: int, later_sent: int, later_recv: int) -> None:
    before, after = interface(sent=sent, recv=recv), interface(sent=later_sent, recv=later_recv)
    assert min(rates([before], [after], 0.01)) >= 0


def test_cpu_percent_is_never_above_a_hundred() -> None:
    assert cpu_percent(CpuTimes(0, 0, 4), CpuTimes(534_990_649_896_111, 0, 4)) == 100.0
