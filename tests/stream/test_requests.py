from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.stream.requests import Mistake, Resume, Subscribe, request
from monserv.stream.selection import Selection

VIEW = frozenset({"berlin"})


def asked(**message: Any) -> Subscribe | Resume:
    return request(json.dumps(message), VIEW)


def test_a_subscription_without_anything_is_for_all_that_may_be_seen() -> None:
    assert asked(type="subscribe") == Subscribe(Selection(VIEW))
    empty = {"servers": [], "tags": None, "fields": [], "min_interval_seconds": 0}
    assert asked(type="subscribe", **empty) == Subscribe(Selection(VIEW))


def test_a_subscription_names_what_it_wants() -> None:
    wanted = asked(
        type="subscribe",
        servers=["nas", "mail", "nas"],
        tags=["prod"],
        fields=["status", "metrics.cpu"],
        min_interval_seconds=2.5,
    )
    selection = Selection(
        VIEW, frozenset({"nas", "mail"}), frozenset({"prod"}), ("metrics.cpu", "status"), 2.5
    )
    assert wanted == Subscribe(selection)


def test_what_lies_in_a_field_that_is_wanted_as_a_whole_is_wanted_with_it() -> None:
    wanted = asked(type="subscribe", fields=["metrics.cpu", "metrics", "status"])
    assert wanted.selection.fields == ("metrics", "status")
    deeper = ["metrics.cpu.cores", "metrics.cpu", "metrics.cpu_of.a", "metrics.disks.used"]
    assert asked(type="subscribe", fields=deeper).selection.fields == tuple(sorted(deeper[1:]))


def test_who_resumes_says_from_where_and_what_goes_on() -> None:
    assert asked(type="resume", epoch="e1", seq=7) == Resume("e1", 7, Selection(VIEW))
    wanted = asked(type="resume", epoch="e1", seq=0, tags=["prod"])
    assert wanted == Resume("e1", 0, Selection(VIEW, tags=frozenset({"prod"})))


@pytest.mark.parametrize(
    ("message", "code", "text"),
    [
        (b"{}", "not_text", "A message is text, not binary."),
        ("", "invalid_json", "A message is a JSON document."),
        ("{'type': 'subscribe'}", "invalid_json", "A message is a JSON document."),
        ('{"type":"subscribe","min_interval_seconds":NaN}', "invalid_json", None),
        ("[" * 8000, "invalid_json", None),
        ("[]", "invalid_json", "A message is a JSON object."),
        ("{}", "unknown_type", "The type of a message is subscribe or resume."),
        ('{"type":["subscribe"]}', "unknown_type", None),
        ('{"type":"ping"}', "unknown_type", None),
        ('{"type":"subscribe","seq":1}', "unknown_field", "A subscribe has no field 'seq'."),
        ('{"type":"resume","seq":1}', "invalid_field", "epoch is the string that a frame had."),
        ('{"type":"resume","epoch":"e"}', "invalid_field", "seq is the number that a frame had."),
        ('{"type":"resume","epoch":"e","seq":true}', "invalid_field", None),
        ('{"type":"resume","epoch":"e","seq":1.5}', "invalid_field", None),
        ('{"type":"resume","epoch":"e","seq":-1}', "invalid_field", None),
        ('{"type":"resume","epoch":"e","seq":18446744073709551615}', "invalid_field", None),
        ('{"type":"subscribe","tags":"prod"}', "invalid_field", "tags is a list of strings."),
        ('{"type":"subscribe","servers":[1]}', "invalid_field", None),
        ('{"type":"subscribe","fields":["a.b.c.d"]}', "invalid_field", None),
        ('{"type":"subscribe","fields":["metrics."]}', "invalid_field", None),
        ('{"type":"subscribe","min_interval_seconds":"1"}', "invalid_field", None),
        ('{"type":"subscribe","min_interval_seconds":true}', "invalid_field", None),
        ('{"type":"subscribe","min_interval_seconds":-0.1}', "invalid_field", None),
        ('{"type":"subscribe","min_interval_seconds":3600.1}', "invalid_field", None),
        (json.dumps({"type": "subscribe", "tags": ["x"] * 1001}), "invalid_field", None),
        (json.dumps({"type": "subscribe", "tags": ["x" * 201]}), "invalid_field", None),
        (json.dumps({"type": "subscribe", "fields": ["x"] * 101}), "invalid_field", None),
        (json.dumps({"type": "subscribe", "x" * 9000: 1}), "unknown_field", None),
    ],
)
def test_what_is_no_request_is_a_mistake_with_a_code_and_a_sentence(
    message: str | bytes, code: str, text: str | None
) -> None:
    with pytest.raises(Mistake) as mistake:
        request(message, VIEW)

    assert mistake.value.code == code
    assert str(mistake.value) == (text or str(mistake.value))
    assert str(mistake.value).endswith(".")
    assert len(str(mistake.value)) < 200


@given(
    st.text()
    | st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "servers", "fields", "epoch", "seq", "other"]), inner
            )
        ),
    ).map(json.dumps)
)
def test_any_message_is_a_request_or_a_mistake(message: str | bytes) -> None:
    try:
        found = request(message, VIEW)
    except Mistake:
        return
    assert found.selection.view == VIEW
