from __future__ import annotations

import json
import math
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.model.alert import Severity
from monserv.model.secret import Secret
from monserv.wire.encoding import INTEGER_MAX, INTEGER_MIN, complete, encode, percent, stamp
from tests.wire.strict import parse

# Surrogates included: what servers say need not be Unicode.
_TEXT = st.text(st.characters(codec=None))
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | _TEXT
_DOCUMENTS = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(_TEXT, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_DOCUMENTS)
def test_whatever_goes_in_strict_json_in_utf_8_comes_out(document: Any) -> None:
    parse(encode(document))


@given(
    st.integers(INTEGER_MIN, INTEGER_MAX)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
def test_what_json_can_hold_arrives_as_it_was(value: float | str) -> None:
    assert parse(encode({"v": [value]})) == {"v": [value]}


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, INTEGER_MAX + 1, INTEGER_MIN - 1, 10**400],
)
def test_a_number_that_json_cannot_hold_becomes_null(value: float) -> None:
    assert encode([value, "é", 1]) == '[null,"é",1]'.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udfff", "\ufffd"),
        ("end\ud83d", "end\ufffd"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\ud83d\ude00", "😀"),
    ],
)
def test_half_a_surrogate_pair_becomes_a_replacement_character(text: str, shown: str) -> None:
    assert parse(encode({text: [text]})) == {shown: [shown]}


def test_markup_and_control_characters_stay_inside_their_string() -> None:
    text = '</script>"\\\x00\x1b[31m\u2028'
    body = encode(text)
    assert parse(body) == text
    assert b"\x00" not in body
    assert b"\x1b" not in body


def test_words_are_their_values_also_beside_what_has_to_be_cleaned() -> None:
    assert encode([Severity.CRITICAL]) == b'["critical"]'
    assert encode([Severity.CRITICAL, "\ud800"]) == '["critical","\ufffd"]'.encode()


def test_json_is_compact_and_keeps_its_order() -> None:
    assert encode({"b": [1, 2.5], "a": None}) == b'{"b":[1,2.5],"a":null}'


def test_a_secret_cannot_be_encoded() -> None:
    with pytest.raises(TypeError) as refused:
        encode({"password": Secret("canary")})
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 1, 1, 12, tzinfo=UTC), "2026-01-01T12:00:00Z"),
        (datetime(2026, 1, 1, 12, 0, 0, 250999, tzinfo=UTC), "2026-01-01T12:00:00.250Z"),
        (datetime(2026, 1, 1, 12, 0, 0, 999, tzinfo=UTC), "2026-01-01T12:00:00Z"),
        (
            datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))),
            "2025-12-31T23:00:00Z",
        ),
    ],
)
def test_a_stamp_is_rfc_3339_in_utc(at: datetime, shown: str) -> None:
    assert stamp(at) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12.46, 12.5),
        (0.04, 0.0),
        (99.96, 100.0),
        (100.1, 100.0),
        (-3.0, 0.0),
        (50, 50.0),
        (None, None),
        (math.nan, None),
        (math.inf, None),
    ],
)
def test_a_percent_is_rounded_to_a_tenth_and_never_leaves_its_range(
    value: float | None, shown: float | None
) -> None:
    assert json.dumps(percent(value)) == json.dumps(shown)


def test_no_percent_is_minus_zero() -> None:
    assert json.dumps([percent(-0.0), percent(-0.01)]) == "[0.0, 0.0]"


@pytest.mark.parametrize("unknown", [None, math.nan, math.inf, INTEGER_MAX + 1])
def test_a_group_with_anything_unknown_in_it_is_none(unknown: float | None) -> None:
    assert complete({"total": 1, "used": unknown}) is None
    assert complete({"total": 0, "used": 0.0, "name": "", "rows": []}) is not None


@pytest.mark.parametrize("document", [{"a": 1}, {"a": "x" * 3000}], ids=["short", "long"])
def test_what_is_kept_takes_no_more_memory_than_it_is_long(document: Any) -> None:
    length = len(encode(document))
    tracemalloc.start()
    try:
        kept = [encode(document) for _ in range(100)]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < len(kept) * (length + 100)
