"""What ``monserv.v2`` tells is what its schemas, made of REST's, say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import Schema
from marshmallow.fields import Dict, List, Nested

from monserv.model.snapshot import ServerView
from monserv.stream import requests
from monserv.wire import messages, stream_examples
from monserv.wire.keyed import keyed
from monserv.wire.patch import apply, diff
from monserv.wire.schemas import stream
from monserv.wire.schemas.keyed import KEYS, ChosenState, State, StatePatch
from monserv.wire.schemas.resources import Server
from tests.golden import world

VIEWS = list(world.SNAPSHOT.servers.values())
FULL = VIEWS[0]


def schemas(schema: type[Schema]) -> dict[str, type[Schema]]:
    """Return a schema and all that it holds, by name."""
    found = {schema.__name__: schema}
    for field in schema._declared_fields.values():
        inner = field.inner if isinstance(field, List) else field
        inner = inner.value_field if isinstance(inner, Dict) else inner
        if isinstance(inner, Nested):
            found |= schemas(inner.nested)  # type: ignore[arg-type]  # a class, as ours all are
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_a_state_is_what_its_schema_says(view: ServerView) -> None:
    assert State().validate(keyed(view)) == {}


def test_a_state_has_every_field_of_rest() -> None:
    assert set(State._declared_fields) == set(Server._declared_fields)
    assert {row for one in schemas(State).values() for row in one._declared_fields} >= set(KEYS)


def test_nothing_in_a_state_is_null_and_nothing_is_a_list() -> None:
    fields = [
        (name, field)
        for one in schemas(State).values()
        for name, field in one._declared_fields.items()
    ]
    assert [name for name, field in fields if field.allow_none] == []
    assert [name for name, field in fields if isinstance(field, List)] == []


@pytest.mark.parametrize("after", VIEWS)
@pytest.mark.parametrize("before", VIEWS)
def test_a_patch_is_what_its_schema_says(before: ServerView, after: ServerView) -> None:
    one = keyed(replace(before, server=FULL.server))
    other = keyed(replace(after, server=FULL.server))
    patch = diff(one, other)

    assert StatePatch().validate(patch) == {}
    assert apply(one, patch) == other


@pytest.mark.parametrize(
    "patch",
    [
        {"metrics": None},
        {"last_error": None},
        {"metrics": {"disks": {"/": None}, "network": None}},
        {"metrics": {"disks": {"/": {"inodes_used": None}}}},
        {"metrics": {"network": {"interfaces": {"eth0": None}}}},
        {},
    ],
)
def test_what_may_go_may_be_null(patch: Any) -> None:
    assert StatePatch().validate(patch) == {}


@pytest.mark.parametrize(
    "patch",
    [
        {"name": None},
        {"added": 1},
        {"metrics": {"disks": None}},
        {"metrics": {"disks": []}},
        {"metrics": {"disks": {"/": {"mountpoint": None}}}},
        {"metrics": {"cpu": {"added": 1}}},
    ],
)
def test_what_is_always_there_never_goes_and_nothing_is_added(patch: Any) -> None:
    assert StatePatch().validate(patch) != {}


def test_of_a_state_a_subscription_may_choose_fields_groups_and_fields_of_groups() -> None:
    cpu = keyed(FULL)["metrics"]["cpu"]
    assert ChosenState().validate({}) == {}
    assert ChosenState().validate({"status": "alert", "metrics": {"cpu": cpu}}) == {}
    assert ChosenState().validate({"metrics": {"cpu": {"cores": 4}}}) == {}
    assert ChosenState().validate({"metrics": {"cpu": {}}}) == {}
    assert ChosenState().validate({"metrics": {"cpu": {"cores": "four"}}}) != {}
    disks = keyed(FULL)["metrics"]["disks"]
    assert ChosenState().validate({"metrics": {"disks": disks}}) == {}
    assert ChosenState().validate({"metrics": {"disks": {"/": {}}}}) != {}
    assert ChosenState().validate({"metrics": None}) != {}


def test_an_alert_is_told_as_its_schema_says_and_so_is_one_that_is_none() -> None:
    alert = world.SNAPSHOT.alerts[0]
    for document in (
        messages.episode(alert),
        messages.trial_alert("[ALERT] x", "It works", alert.triggered_at),
    ):
        told = json.loads(document)
        assert stream.ToldAlert().validate(told) == {}
        assert stream.ToldAlert().validate(told | {"added": 1}) != {}


REQUESTS: list[Any] = [
    {"type": "subscribe"},
    stream_examples.SUBSCRIBE,
    stream_examples.RESUME,
    {"type": "subscribe", "servers": None, "tags": [], "min_interval_seconds": 3600},
    {"type": "subscribe", "min_interval_seconds": 3601},
    {"type": "subscribe", "min_interval_seconds": -1},
    {"type": "subscribe", "servers": ["x"] * 1001},
    {"type": "subscribe", "servers": ["x" * 200] * 1000},
    {"type": "subscribe", "tags": ["x" * 201]},
    {"type": "subscribe", "fields": ["metrics.cpu.used_percent"]},
    {"type": "subscribe", "fields": ["Status"]},
    {"type": "subscribe", "servers": "all"},
    {"type": "subscribe", "added": 1},
    {"type": "resume", "seq": 1},
    {"type": "resume", "epoch": "x" * 201, "seq": 1},
    {"type": "resume", "epoch": "x", "seq": -1},
    {"type": "later"},
]


@pytest.mark.parametrize("asked", REQUESTS)
def test_what_the_schema_of_a_request_allows_is_what_is_taken(asked: dict[str, Any]) -> None:
    declared = {"subscribe": stream.Subscribe, "resume": stream.Resume}.get(asked["type"])
    flaws = declared().validate(asked) if declared else ["unknown"]
    text = json.dumps(asked)
    try:
        requests.request(text, frozenset())
    except requests.Mistake:
        assert flaws != {}
    else:
        assert flaws == {}
