"""Numbers from the kernel, read many at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.probe.numbers import MAX_COUNTER, counters, integers


@given(st.lists(st.integers(-(2**63), 2**64 - 1)))
def test_integers_are_what_int_makes_of_them(numbers: list[int]) -> None:
    assert integers(list(map(str, numbers))) == numbers


@given(st.lists(st.integers(0, MAX_COUNTER), min_size=1))
def test_counters_are_what_int_makes_of_them(numbers: list[int]) -> None:
    assert counters(list(map(str, numbers))) == tuple(numbers)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "-1",
        "+1",
        "1.5",
        "1e5",
        "true",
        "null",
        "[1]",
        "1,2",
        '"1"',
        "٣",
        "²",
        "1_0",
        "x",
        "\udcff",
        str(MAX_COUNTER + 1),
        "9" * 30,
        "9" * 5000,
    ],
)
def test_what_is_no_counter_spoils_the_row(word: str) -> None:
    assert counters(["1", word]) is None
    assert counters([word]) is None


def test_a_row_without_numbers_is_none() -> None:
    assert counters([]) is None
