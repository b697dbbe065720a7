"""The schemas of the description are those of the wire."""

from __future__ import annotations

import pytest

from tests.golden import world
from tests.web.described import CALLS, DOCUMENT, OPERATIONS, flaws, media, walk
from tests.web.site import Site

GOLDEN = {
    "GET /api/state": "state.json",
    "GET /api/v1/servers": "servers.json",
    "GET /api/v1/servers/{server_id}": "server_alone.json",
    "GET /api/v1/servers/{server_id}/capabilities": "capabilities.json",
    "PUT /api/v1/servers/{server_id}": "server.json",
    "POST /api/v1/servers/test": "trial.json",
    "GET /api/v1/servers/{server_id}/host-key": "host_key.json",
    "GET /api/v1/servers/metrics": "metrics.json",
    "GET /api/v1/alerts/active": "alerts_active.json",
    "GET /api/v1/alerts": "alerts_page.json",
    "GET /api/v1/health": "health.json",
    "GET /api/v1/trends": "trends.json",
    "GET /api/v1/servers/{server_id}/history": "history.json",
    "GET /api/v1/notifications": "notifications.json",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_schema_of_an_answer_is_what_goes_over_the_wire(name: str) -> None:
    schema = media(OPERATIONS[name], "200")["schema"]
    assert flaws(schema, world.load(GOLDEN[name])) == []
    assert flaws(schema, {"added": 1}) != []


# Those that change something have tests of their own.
TELLING = {"POST /api/v1/notifications/test", "POST /api/test-alert"}


@pytest.mark.parametrize(
    "name", [name for name in CALLS if name.startswith("GET ") or name in TELLING]
)
def test_an_answer_is_one_that_its_operation_declares(name: str) -> None:
    site = Site()
    method, _, path = name.partition(" ")
    if method == "POST":
        for body in ({}, {"channel": "email"}, {"channel": "x", "subject": 3}, b"{", b"[]", b""):
            answer = site.post(path, body)
            schema = media(OPERATIONS[name], str(answer.status_code))["schema"]
            assert flaws(schema, answer.json) == []
        return
    for query in ("", "?url=x", "?server=x", "?page=0&server=", f"?url={'a' * 5000}"):
        answer = site.ask(method, path.replace("{", "").replace("}", "") + query)
        schema = media(OPERATIONS[name], str(answer.status_code))["schema"]
        assert flaws(schema, answer.json) == []


def test_every_example_is_what_the_schema_beside_it_says() -> None:
    beside = [
        (node["schema"], example)
        for node in walk(DOCUMENT["paths"])
        if "schema" in node
        for example in [
            *([node["example"]] if "example" in node else []),
            *(one["value"] for one in node.get("examples", {}).values()),
        ]
    ]
    inside = [
        (node, node["example"])
        for node in walk([DOCUMENT["components"]["schemas"], DOCUMENT["paths"]])
        if "example" in node and "schema" not in node
    ]
    assert len(beside) >= len(OPERATIONS)
    assert [flaw for schema, example in beside + inside for flaw in flaws(schema, example)] == []


def test_every_word_out_of_a_few_is_described_as_a_text() -> None:
    enums = [node for node in walk(DOCUMENT) if isinstance(node.get("enum"), list)]
    assert len(enums) > 10
    assert [node for node in enums if "string" not in node["type"]] == []
