"""Merge patches as RFC 7396 has them."""

from __future__ import annotations

import copy
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from monserv.wire.patch import apply, diff

# The examples of RFC 7396, appendix A: target, patch, result.
EXAMPLES: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
names = st.text(max_size=2)
documents = st.dictionaries(
    names,
    st.recursive(
        st.integers() | st.text(max_size=3) | st.booleans(),
        lambda inner: st.dictionaries(names, inner, max_size=3) | st.lists(inner, max_size=2),
        max_leaves=6,
    ),
    max_size=4,
)


@pytest.mark.parametrize(("target", "patch", "result"), EXAMPLES)
def test_the_examples_of_the_rfc(target: Any, patch: Any, result: Any) -> None:
    before = copy.deepcopy(target)

    assert apply(target, patch) == result
    assert target == before


@given(documents, documents)
def test_the_difference_makes_one_of_the_other_and_of_itself(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    patch = diff(before, after)

    assert apply(before, patch) == after
    assert apply(after, patch) == after
    assert (patch == {}) == (before == after)


def test_only_what_differs_is_in_it() -> None:
    before = {"a": {"b": 1, "c": {"d": 2}}, "e": [1], "f": "gone"}
    after = {"a": {"b": 1, "c": {"d": 3}}, "e": [1, 2]}

    assert diff(before, after) == {"f": None, "a": {"c": {"d": 3}}, "e": [1, 2]}
