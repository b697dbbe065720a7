"""The API's description is whole: every address, what it may answer, and the WebSocket."""

from __future__ import annotations

import re
from typing import Any

import pytest

from monserv import __version__
from tests.golden import world
from tests.web.described import CALLS, DOCUMENT, EVENTS, OPERATIONS, answers, flaws, media, walk
from tests.web.site import Site

# What each call itself may answer, beside "default", which stands for the guard and for bugs.
STATUSES = {
    "GET /api/state": {"200", "304"},
    "GET /api/v1/servers": {"200", "304"},
    "POST /api/v1/servers": {"201", "400", "403", "409", "413", "415", "422", "503"},
    "POST /api/v1/servers/test": {"200", "400", "404", "413", "415", "422", "429"},
    "POST /api/v1/servers/test/steps": {"200", "400", "404", "413", "415", "422", "429"},
    "POST /api/v1/import/preview": {"200", "400", "413", "415", "422"},
    "GET /api/v1/servers/{server_id}": {"200", "404"},
    "GET /api/v1/servers/{server_id}/capabilities": {"200", "404"},
    "GET /api/v1/servers/{server_id}/footprint": {"200", "404"},
    "PUT /api/v1/servers/{server_id}": {
        *("200", "400", "403", "404", "409", "413", "415", "422", "503")
    },
    "DELETE /api/v1/servers/{server_id}": {"200", "404", "409", "422", "503"},
    "POST /api/v1/servers/{server_id}/restore": {
        *("200", "400", "404", "413", "415", "422", "503")
    },
    "PATCH /api/v1/servers/{server_id}/toggle": {"200", "404", "503"},
    "GET /api/v1/servers/{server_id}/host-key": {"200", "404", "409", "503"},
    "POST /api/v1/servers/{server_id}/host-key/accept": {
        *("200", "400", "404", "409", "413", "415", "422", "503")
    },
    "POST /api/v1/servers/{server_id}/retry": {
        *("202", "400", "404", "409", "413", "415", "422", "429")
    },
    "GET /api/v1/servers/metrics": {"200", "400", "404"},
    "GET /api/v1/alerts/active": {"200", "304"},
    "GET /api/v1/alerts": {"200", "422", "503"},
    "GET /api/v1/health": {"200", "304"},
    "GET /api/v1/trends": {"200", "304", "404", "422"},
    "GET /api/v1/history": {"200"},
    "GET /api/v1/servers/{server_id}/history": {"200", "404", "422", "503"},
    "GET /api/v1/notifications": {"200", "422", "503"},
    "PUT /api/v1/notifications/settings": {
        *("200", "400", "403", "404", "413", "415", "422", "503")
    },
    "POST /api/v1/notifications/test": {"200", "400", "404", "413", "415", "422"},
    "POST /api/test-alert": {"200", "400", "413", "422"},
    "GET /healthz": {"200"},
    "GET /api/v1/session": {"200"},
    "PUT /api/v1/session/password": {
        "200",
        "400",
        "413",
        "415",
        "403",
        "409",
        "422",
        "429",
        "503",
    },
    "GET /api/v1/sessions": {"200", "403"},
    "DELETE /api/v1/sessions/{session_id}": {"200", "403", "404", "503"},
    "GET /api/v1/tokens": {"200", "403"},
    "POST /api/v1/tokens": {"201", "400", "413", "415", "403", "409", "422", "503"},
    "DELETE /api/v1/tokens/{token_id}": {"200", "403", "404", "503"},
    "GET /api/v1/accounts": {"200", "403"},
    "POST /api/v1/accounts": {"201", "400", "413", "415", "403", "409", "422", "503"},
    "PUT /api/v1/accounts/{account_id}": {
        "200",
        "400",
        "413",
        "415",
        "403",
        "404",
        "409",
        "422",
        "503",
    },
    "DELETE /api/v1/accounts/{account_id}": {"200", "403", "404", "409", "503"},
    "GET /readyz": {"200", "503"},
}


def test_it_is_openapi_3_1_of_this_version() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert (DOCUMENT["info"]["title"], DOCUMENT["info"]["version"]) == ("monserv", __version__)
    assert DOCUMENT["info"]["description"].startswith("What monserv knows")


def test_every_address_of_the_api_is_described_and_no_other() -> None:
    rules = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule)) for rule in Site().app.url_map.iter_rules()
    }
    probes = {"/healthz", "/readyz", "/ws"}
    assert {rule for rule in rules if rule.startswith("/api/")} | probes == set(DOCUMENT["paths"])
    assert {name.partition(" ")[0] for name in OPERATIONS} == {
        *("GET", "POST", "PUT", "PATCH", "DELETE")
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_in_a_line_what_it_does_under_a_heading_that_exists(name: str) -> None:
    operation = OPERATIONS[name]
    assert 0 < len(operation["summary"]) < 100
    described = {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}
    assert set(operation["tags"]) <= described
    assert len(operation["tags"]) == 1
    assert all(answer["description"] for answer in answers(operation).values())


@pytest.mark.parametrize("name", CALLS)
def test_an_operation_shows_an_example_and_all_that_it_may_answer(name: str) -> None:
    operation = OPERATIONS[name]
    assert set(operation["responses"]) == STATUSES[name] | {"default"}
    done = min(STATUSES[name])
    assert "example" in media(operation, done)
    for status in STATUSES[name] - {done, "304"} | {"default"}:
        assert media(operation, status)["schema"] == {"$ref": "#/components/schemas/Error"}


def test_every_reference_leads_somewhere() -> None:
    for node in walk(DOCUMENT):
        if "$ref" in node:
            target: Any = DOCUMENT
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]


def test_the_websocket_has_a_section_and_its_messages() -> None:
    (section,) = [tag for tag in DOCUMENT["tags"] if tag["name"] == "WebSocket"]
    for word in ("metrics_update", "alert", "54 s", "60 s", "512 bytes", "1013", "1001"):
        assert word in section["description"]
    for word in ("`monserv.v2`", "(/asyncapi.html)", "(/asyncapi.json)"):
        assert word in section["description"]
    operation = OPERATIONS["GET /ws"]
    assert set(operation["responses"]) == {"101", "400", "401", "403", "426", "501", "503"}
    messages = media(operation, "101")
    for golden in ("metrics_update.json", "alert.json", "recovery.json"):
        assert flaws(messages["schema"], world.load(golden)) == []
    assert [one["value"]["type"] for one in messages["examples"].values()] == [
        "metrics_update",
        "alert",
    ]


def test_the_event_stream_says_what_its_events_are() -> None:
    answered = answers(OPERATIONS[EVENTS])
    assert set(answered) == {"200", "503", "default"}
    assert list(answered["200"]["content"]) == ["text/event-stream"]
    for word in ("`dashboard`", "Last-Event-ID", "15 s", "10 s", "EventSource"):
        assert word in answered["200"]["description"]
    assert flaws({"$ref": "#/components/schemas/Dashboard"}, world.load("dashboard.json")) == []


def test_behind_a_proxy_the_first_address_is_the_one_that_people_use() -> None:
    assert [one["url"] for one in DOCUMENT["servers"]] == ["/"]
    proxied = Site(api_host="status.example.net:8443").document("/swagger/doc.json")
    assert [one["url"] for one in proxied["servers"]] == ["//status.example.net:8443", "/"]


def test_no_password_is_in_the_description() -> None:
    assert world.CANARY not in Site().get("/swagger/doc.json").text
