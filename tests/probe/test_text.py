"""Text of servers, made inert."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.probe.text import clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nas", "nas"),
        ("größe 😀 שלום", "größe 😀 שלום"),
        ("a\nb\tc", "a\\x0ab\\x09c"),
        ("\x1b]0;x\x07", "\\x1b]0;x\\x07"),
        ("a\u202egpj.exe", "a\\u202egpj.exe"),
        ("a\u200bb\u2028c", "a\\u200bb\\u2028c"),
        ("\udcff", "\\xff"),
        ("\ud800", "\\ud800"),
        ("<script>&amp;\"'", "<script>&amp;\"'"),
        ("\U000e0041", "\\ue0041"),
        ("", ""),
    ],
)
def test_what_has_no_shape_becomes_visible(text: str, expected: str) -> None:
    assert expected == clean(text)


def test_what_is_too_long_is_cut_with_a_mark() -> None:
    assert clean("x" * 65536) == "x" * 255 + "…"
    assert clean("x" * 256) == "x" * 256
    assert clean("abcdef", 4) == "abc…"


@given(st.text())
def test_nothing_invisible_is_left_and_utf_8_can_hold_it(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
