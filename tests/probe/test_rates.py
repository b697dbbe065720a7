"""Rates of the network from two readings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.model.sample import Interface
from monserv.probe.interfaces import Row
from monserv.probe.rates import network


def row(sent: int = 0, recv: int = 0, errors: int = 0, drops: int = 0) -> Row:
    return (recv, 0, errors, drops, 0, 0, 0, 0, sent, 0, errors, drops, 0, 0, 0, 0)


ETH = frozenset({"eth0"})


def rates(
    before: dict[str, Row], after: dict[str, Row], seconds: float = 2.0
) -> tuple[int | None, int | None]:
    found = network(before, after, ETH, seconds)
    assert found is not None
    return found.bytes_sent_rate, found.bytes_recv_rate


def one(before: dict[str, Row], after: Row) -> Interface:
    found = network(before, {"eth0": after}, ETH, 2.0)
    assert found is not None
    return found.interfaces[0]


def test_the_kernel_s_columns_have_their_names() -> None:
    found = one({}, tuple(range(1, 17)))
    assert (found.bytes_recv, found.packets_recv, found.errors_in, found.drops_in) == (1, 2, 3, 4)
    assert (found.fifo_in, found.frame_in, found.compressed_in, found.multicast_in) == (5, 6, 7, 8)
    assert (found.bytes_sent, found.packets_sent, found.errors_out) == (9, 10, 11)
    assert (found.drops_out, found.fifo_out, found.collisions_out) == (12, 13, 14)
    assert (found.carrier_out, found.compressed_out) == (15, 16)


def test_rates_are_bytes_over_the_server_s_own_time() -> None:
    assert rates({"eth0": row(100, 10)}, {"eth0": row(500, 30)}) == (200, 10)


def test_an_interface_has_its_own_rates() -> None:
    found = one({"eth0": row(100, 10, 1, 2)}, row(500, 30, 2, 6))
    assert (found.bytes_sent_rate, found.bytes_recv_rate) == (200, 10)
    assert (found.errors_rate, found.drops_rate) == (1.0, 4.0)


@pytest.mark.parametrize("after", [row(50, 2**32), row(10**6, 9), row()])
def test_a_counter_that_wraps_or_starts_anew_gives_no_rate_for_that_step(after: Row) -> None:
    before = {"eth0": row(100, 10)}
    assert rates(before, {"eth0": after}) == (None, None)
    assert one(before, after).bytes_sent_rate is None
    assert one(before, after).drops_rate is None


def test_an_interface_counts_from_its_second_reading() -> None:
    assert rates({}, {"eth0": row(10**9, 10**9)}) == (None, None)
    before, after = {"br0": row(100)}, {"br0": row(300), "br1": row(10**9)}
    assert rates(before, after) == (100, 0)
    assert one({}, row(10**9)).bytes_sent_rate is None


def test_a_machine_without_any_interface_sends_nothing_and_that_is_known() -> None:
    assert rates({"eth0": row(10**9)}, {}) == (0, 0)


def test_only_hardware_counts_where_there_is_any() -> None:
    both = {"br0": row(900, 900), "eth0": row(100, 100)}
    found = network(both, both, ETH, 1)
    assert found is not None
    assert (found.total_bytes_sent, [one.name for one in found.interfaces]) == (
        100,
        ["br0", "eth0"],
    )
    found = network(both, both, frozenset(), 1)
    assert found is not None
    assert found.total_bytes_sent == 1000


def test_names_are_inert_and_cut_with_a_mark() -> None:
    found = network({}, {"\x1b[31m": row(), "x" * 65536: row()}, ETH, 1)
    assert found is not None
    assert [one.name for one in found.interfaces] == ["\\x1b[31m", "x" * 255 + "…"]


def test_there_is_no_rate_when_no_time_passed() -> None:
    assert network({"eth0": row()}, {"eth0": row()}, ETH, 0) is None
    assert network({"eth0": row()}, {"eth0": row()}, ETH, -3600) is None


COUNTER = st.integers(0, 2**63 - 1)


@given(sent=COUNTER, recv=COUNTER, later_sent=COUNTER, later_recv=COUNTER)
def test_no_rate_is_negative(sent: int, recv: int, later_sent: int, later_recv: int) -> None:
    before, after = row(sent, recv, recv, sent), row(later_sent, later_recv, later_sent, later_recv)
    assert all((rate or 0) >= 0 for rate in rates({"eth0": before}, {"eth0": after}, 0.01))
    assert (one({"eth0": before}, after).errors_rate or 0) >= 0
