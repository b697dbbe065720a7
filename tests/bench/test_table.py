"""Tables line up, and say what is missing."""

from __future__ import annotations

from bench.table import table


def test_text_goes_left_numbers_right_and_what_is_missing_is_a_dash() -> None:
    expected = (
        "who       ms   n\n"
        "-------  ---  --\n"
        "monserv  1.5  12\n"
        "other    123   -"
    )  # fmt: skip
    assert expected == table(["who", "ms", "n"], [["monserv", 1.5, 12], ["other", 123.4, None]])
