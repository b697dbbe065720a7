"""/proc/net/dev of any machine."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from monserv.probe.interfaces import MAX_INTERFACES, Row, interfaces

HEAD = (
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes ...\n"
)
NUMBERS = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"


def read(net_dev: str) -> Mapping[str, Row]:
    return interfaces(net_dev).rows


def test_all_columns_are_kept_and_loopback_is_left_out() -> None:
    assert read(f"{HEAD}    lo: {NUMBERS}\n  eth0: {NUMBERS}\n") == {"eth0": tuple(range(1, 17))}


@pytest.mark.parametrize(
    ("row", "names"),
    [
        (f"eth0:{NUMBERS}", ["eth0"]),
        (f"eth0:1: {NUMBERS}", ["eth0:1"]),
        (f"<b>x</b>: {NUMBERS}", ["<b>x</b>"]),
        # A row that was cut must not be read with other counters in their places.
        ("eth0: 12345678901 2345678901 3456 4567 5678", []),
        ("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", []),
        (f"eth0: {NUMBERS} 17", []),
        (f"eth0: {'9' * 20} 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", []),
        ("eth0: -1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", []),
        (f": {NUMBERS}", []),
    ],
)
def test_odd_rows(row: str, names: list[str]) -> None:
    assert list(read(f"{HEAD}{row}\n")) == names


def test_a_flood_of_interfaces_is_bounded() -> None:
    rows = "".join(f"e{n}: {NUMBERS}\n" for n in range(5000))
    assert len(read(HEAD + rows)) == MAX_INTERFACES


def test_a_line_that_comes_again_is_not_read_again_and_one_that_moved_is() -> None:
    idle, busy = f"  ifb0: {NUMBERS}\n", f"  eth0: {NUMBERS}\n"
    before = interfaces(HEAD + idle + busy)
    after = interfaces(HEAD + busy.replace(" 1 2 ", " 5 6 ") + idle, before)
    assert after.rows == {"eth0": (5, 6, *range(3, 17)), "ifb0": tuple(range(1, 17))}
    assert list(after.rows) == ["eth0", "ifb0"], "in the order of the kernel"
    assert after.rows["ifb0"] is before.rows["ifb0"]


def test_an_interface_that_is_gone_is_forgotten() -> None:
    before = interfaces(f"{HEAD}  eth0: {NUMBERS}\n  eth1: {NUMBERS}\n")
    after = interfaces(f"{HEAD}  eth1: {NUMBERS}\n", before)
    assert (list(after.rows), len(after.lines)) == (["eth1"], 1)
