from __future__ import annotations

import json
from typing import Any

import pytest

from monserv.wire import examples
from monserv.wire import stream_examples as live
from tests import conformance
from tests.conformance import SUBPROTOCOL, flaws
from tests.golden import world

V1 = [examples.METRICS_UPDATE, examples.RAISED, examples.RECOVERED]
V2 = [
    *(live.HELLO, live.SNAPSHOT, live.CHOSEN_SNAPSHOT, live.DELTA, live.RAISED),
    *(live.RECOVERED, live.ERROR),
]


@pytest.mark.parametrize("message", V1)
def test_what_is_declared_without_a_subprotocol_passes_there_alone(message: Any) -> None:
    assert flaws(json.dumps(message), None) == []
    assert flaws(json.dumps(message), SUBPROTOCOL) != []


@pytest.mark.parametrize("message", V2)
def test_what_is_declared_for_v2_passes_there_alone(message: Any) -> None:
    assert flaws(json.dumps(message), SUBPROTOCOL) == []
    assert flaws(json.dumps(message), None) != []


@pytest.mark.parametrize("message", [*V1, *V2])
def test_an_undeclared_key_at_any_depth_is_a_flaw(message: dict[str, Any]) -> None:
    subprotocol = SUBPROTOCOL if "epoch" in message else None
    text = json.dumps(message)
    begins = [at + 1 for at, sign in enumerate(text) if sign == "{"]
    for at in begins:
        assert flaws(f'{text[:at]}"added": 1, {text[at:]}', subprotocol) != []


@pytest.mark.parametrize("frame", ["x", "[]", "1", '{"type": "later"}', "{}", b"\xff"])
def test_what_is_no_declared_message_is_a_flaw(frame: str | bytes) -> None:
    assert flaws(frame, None) != []


@pytest.mark.parametrize("key", ["epoch", "seq", "servers", "alerts", "resumed"])
def test_a_missing_key_is_a_flaw(key: str) -> None:
    assert flaws(json.dumps({**live.SNAPSHOT, key: None}), SUBPROTOCOL) != []


def test_what_is_seen_is_remembered_until_it_is_asked_for() -> None:
    conformance.see('{"type": "later"}', None, 1)
    conformance.see(json.dumps(world.load("alert.json")), None, 1)

    assert len(conformance.found()) == 1
    assert conformance.found() == []


def test_what_a_test_makes_up_itself_is_not_judged() -> None:
    conformance.excuse(2)
    conformance.see("made up", None, 2)

    assert conformance.found() == []
