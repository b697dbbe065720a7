"""Patterns of host names, as sshd(8) has them."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.sshconfig.pattern import matches, matches_one


@pytest.mark.parametrize(
    ("name", "patterns", "expected"),
    [
        ("nas", ["nas"], True),
        ("nas", ["na"], False),
        ("nas", ["*"], True),
        ("", ["*"], True),
        ("nas", ["n?s"], True),
        ("nas", ["n?"], False),
        ("nas.example", ["*.example", "other"], True),
        ("example", ["*.example"], False),
        ("nas.example", ["*.example", "!nas.*"], False),
        ("nas.example", ["!nas.*", "*.example"], False),
        ("web.example", ["*.example", "!nas.*"], True),
        ("web.example", ["!nas.*"], False),
        ("[nas]:2222", ["[nas]:*"], True),
        ("[nas]:2222", ["[n*]:2222"], True),
        ("n", ["[n*]"], False),
        ("a.b.c", ["*b*"], True),
        ("ababab", ["*ab?b"], True),
        ("aab", ["a*ab"], True),
        ("ab", ["ab*ab"], False),
    ],
)
def test_a_list_of_patterns_decides(name: str, patterns: list[str], expected: bool) -> None:
    assert matches(name, patterns) is expected


@settings(deadline=None)
@given(st.text("ab.", max_size=12), st.text("ab.*?", max_size=10))
def test_without_brackets_it_agrees_with_the_shell(name: str, pattern: str) -> None:
    assert matches_one(name, pattern) is fnmatchcase(name, pattern)


@pytest.mark.timed
def test_no_pattern_takes_forever() -> None:
    began_at = time.monotonic()
    assert not matches_one("a" * 255, "*a" * 400 + "*b*")
    assert time.monotonic() - began_at < 1
