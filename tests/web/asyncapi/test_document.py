"""The AsyncAPI document is valid, whole, and says what the code says."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from monserv import __version__
from monserv.stream.frames import CloseCode
from monserv.stream.limits import Limits
from tests.golden import world
from tests.web.site import Site

CHECKOUT = Path(__file__).parents[3]
NODE_MODULES = Path(os.environ.get("NODE_PATH", CHECKOUT / ".venv-node/node_modules"))
SPECIFICATION = NODE_MODULES / "@asyncapi/specs/schemas/3.0.0.json"
DOCUMENT: dict[str, Any] = Site().document("/asyncapi.json")
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]
LIMITS = Limits()


def flaws(payload: dict[str, Any], value: Any) -> list[str]:
    schema = {**payload, "components": DOCUMENT["components"]}
    judge = jsonschema_rs.Draft7Validator(schema, validate_formats=True)
    return [error.message for error in judge.iter_errors(value)]


def walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node:
        if isinstance(inner, dict | list):
            yield from walk(inner)


def test_it_is_what_the_schema_of_asyncapi_3_asks_for() -> None:
    specification = json.loads(SPECIFICATION.read_text())
    judge = jsonschema_rs.Draft7Validator(specification)

    assert [error.message for error in judge.iter_errors(DOCUMENT)] == []
    assert not judge.is_valid({**DOCUMENT, "added": 1})


def test_it_is_of_this_version_and_says_where_it_was_asked_for() -> None:
    assert (DOCUMENT["asyncapi"], DOCUMENT["info"]["version"]) == ("3.0.0", __version__)
    assert [channel["address"] for channel in DOCUMENT["channels"].values()] == ["/ws", "/ws"]
    server = DOCUMENT["servers"]["monserv"]
    assert (server["protocol"], server["host"]) == ("ws", "localhost")
    proxied = Site(api_host="status.example.net:8443").document("/asyncapi.json")
    assert proxied["servers"]["monserv"]["host"] == "status.example.net:8443"


def test_every_reference_leads_somewhere() -> None:
    references = [node["$ref"] for node in walk(DOCUMENT) if "$ref" in node]
    assert len(references) > 50
    for reference in references:
        target: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_every_message_that_the_contract_names_is_there_with_who_says_it() -> None:
    said = {
        (operation["action"], MESSAGES[reference["$ref"].rpartition("/")[2]]["name"])
        for operation in DOCUMENT["operations"].values()
        for reference in operation["messages"]
    }
    assert said == {
        *(("send", name) for name in ("metrics_update", "alert", "hello", "snapshot", "delta")),
        *(("send", "error"), ("receive", "subscribe"), ("receive", "resume")),
    }


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_shows_examples_that_its_own_schema_allows(name: str) -> None:
    message = MESSAGES[name]
    assert message["summary"]
    assert message["description"]
    assert message["examples"] != []
    for example in message["examples"]:
        assert flaws(message["payload"], example["payload"]) == []
        assert flaws(message["payload"], example["payload"] | {"added": 1}) != []


def test_every_example_of_a_field_is_what_its_schema_allows() -> None:
    shown = [node for node in walk(DOCUMENT["components"]["schemas"]) if "examples" in node]
    assert len(shown) > 100
    assert [flaw for node in shown for one in node["examples"] for flaw in flaws(node, one)] == []


@pytest.mark.parametrize(
    ("name", "golden"),
    [
        ("metricsUpdate", "metrics_update.json"),
        ("alertMessage", "alert.json"),
        ("alertMessage", "recovery.json"),
        ("hello", "v2_hello.json"),
        ("snapshot", "v2_snapshot.json"),
        ("delta", "v2_delta.json"),
        ("alert", "v2_alert.json"),
        ("alert", "v2_recovery.json"),
        ("error", "v2_error.json"),
    ],
)
def test_a_golden_message_is_one_that_is_declared(name: str, golden: str) -> None:
    assert flaws(MESSAGES[name]["payload"], world.load(golden)) == []


def test_the_limits_are_those_of_the_code() -> None:
    text = json.dumps(DOCUMENT)
    for number in (
        f"a ping every {LIMITS.ping_interval_seconds:g} s",
        f"{LIMITS.stall_seconds:g} s in which its socket",
        f"{LIMITS.max_message_bytes} bytes without a subprotocol",
        f"{LIMITS.max_request_bytes // 1024} KiB with monserv.v2",
        f"said nothing {LIMITS.greeting_milliseconds} ms later",
    ):
        assert number in text


def test_every_close_code_that_is_sent_is_explained() -> None:
    explained = {row["code"] for row in DOCUMENT["x-close-codes"]}
    assert explained == {code.value for code in CloseCode if code != CloseCode.NORMAL}


def test_every_word_of_an_error_is_declared() -> None:
    sources = "".join(path.read_text() for path in (CHECKOUT / "monserv/stream").glob("*.py"))
    declared = DOCUMENT["components"]["schemas"]["StreamError"]["properties"]["code"]["enum"]
    assert set(re.findall(r'Mistake\(\s*"(\w+)"', sources)) == set(declared)
