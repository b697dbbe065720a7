"""/proc/net/dev of any machine."""

from __future__ import annotations

import pytest

from monserv.probe import interfaces

HEAD = (
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes ...\n"
)
NUMBERS = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"


def test_all_columns_are_kept_and_loopback_is_left_out() -> None:
    assert interfaces.rows(f"{HEAD}    lo: {NUMBERS}\n  eth0: {NUMBERS}\n") == {
        "eth0": tuple(range(1, 17))
    }


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
    assert list(interfaces.rows(f"{HEAD}{row}\n")) == names


def test_a_flood_of_interfaces_is_bounded() -> None:
    rows = "".join(f"e{n}: {NUMBERS}\n" for n in range(5000))
    assert len(interfaces.rows(HEAD + rows)) == interfaces.MAX_INTERFACES
