"""That the checker of shapes finds what is not as promised."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.shapes import Number, Optional, Text, flaws

SHAPE = {"a": int, "b": Optional([{"c": Number()}]), "d": (Text("x+"), None)}


@pytest.mark.parametrize(
    "value",
    [{"a": 1, "d": None}, {"a": 1, "b": [], "d": "xx"}, {"a": 0, "b": [{"c": 1.5}], "d": None}],
)
def test_what_is_as_promised_has_no_flaw(value: Any) -> None:
    assert flaws(SHAPE, value) == []


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"d": None}, "$.a is missing"),
        ({"a": None, "d": None}, "$.a: None"),
        ({"a": True, "d": None}, "$.a: True"),
        ({"a": 1, "d": "y"}, "$.d: 'y'"),
        ({"a": 1, "b": None, "d": None}, "$.b: None"),
        ({"a": 1, "b": [{"c": 1}, {"c": "1"}], "d": None}, "$.b[1].c: '1'"),
        ({"a": 1, "b": [{"c": 0.123}], "d": None}, "$.b[0].c: 0.123"),
    ],
)
def test_what_is_not_is_named_by_its_place(value: Any, place: str) -> None:
    (flaw,) = flaws(SHAPE, value)
    assert flaw.startswith(place)


def test_more_keys_are_allowed_unless_they_must_be_exactly_these() -> None:
    value = {"a": 1, "d": None, "e": 1}
    assert flaws(SHAPE, value) == []
    assert flaws(SHAPE, value, exact=True) == ["$.e is too much"]
