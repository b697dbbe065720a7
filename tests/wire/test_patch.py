"""Merge patches as RFC 7396 has them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from monserv.wire.patch import apply, diff

# The examples of RFC 7396, appendix A, and ours; the page's own patches are held to them too.
EXAMPLES = json.loads((Path(__file__).parents[1] / "golden/merge_patches.json").read_text())
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


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_golden_examples(example: dict[str, Any]) -> None:
    target = copy.deepcopy(example["target"])

    assert apply(target, example["patch"]) == example["result"]
    assert target == example["target"]


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
