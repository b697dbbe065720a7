"""What every call shares: the envelope of errors, methods, and what a bug shows."""

from __future__ import annotations

import logging

import pytest

from tests.golden import world
from tests.web.site import Site

CALLS = [
    "/api/state",
    "/api/v1/servers",
    "/api/v1/servers/metrics",
    "/api/v1/alerts",
    "/api/v1/alerts/active",
    "/api/v1/health",
    "/api/v1/trends",
    "/healthz",
    "/readyz",
]
METHODS = ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]
READING = {"GET", "HEAD", "OPTIONS"}
ALLOWED = {
    "/api/v1/servers": READING | {"POST"},
}


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/api",
        "/api/",
        "/api/v2/servers",
        "/api/state/",
        "/api//state",
        "/api/v1/servers/",
        "/API/STATE",
        "/favicon.ico",
        "/%00",
        "/%FF",
        "/../etc/passwd",
        "/static",
        "/static/",
    ],
)
def test_where_nothing_is_the_answer_is_404_in_the_envelope(shared_site: Site, path: str) -> None:
    answer = shared_site.get(path)
    assert answer.status_code == 404
    assert answer.json == {
        "success": False,
        "error": "There is nothing at this address; /swagger/index.html shows what there is.",
        "code": 404,
        "errors": {},
    }


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (path, method)
        for path in CALLS
        for method in METHODS
        if method not in ALLOWED.get(path, READING)
    ],
)
def test_another_method_is_405_and_names_those_that_work(
    shared_site: Site, path: str, method: str
) -> None:
    answer = shared_site.ask(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == ALLOWED.get(path, READING)
    assert answer.json == {
        "success": False,
        "error": "This address does not know this method; the Allow header lists those it knows.",
        "code": 405,
        "errors": {},
    }


@pytest.mark.parametrize("path", CALLS)
def test_head_and_options_have_no_body(shared_site: Site, path: str) -> None:
    assert shared_site.ask("HEAD", path).status_code == shared_site.get(path).status_code
    assert shared_site.ask("HEAD", path).data == b""
    options = shared_site.ask("OPTIONS", path)
    assert (options.status_code, options.data) == (200, b"")
    assert set(options.headers["Allow"].split(", ")) == ALLOWED.get(path, READING)


def test_no_answer_lets_another_origin_read_it(site: Site) -> None:
    preflight = site.ask("OPTIONS", "/api/state", Access_Control_Request_Method="GET")
    assert "Access-Control-Allow-Origin" not in preflight.headers


def test_a_plain_request_to_the_websocket_is_told_to_upgrade(site: Site) -> None:
    answer = site.get("/ws")
    assert (answer.status_code, answer.headers["Upgrade"]) == (426, "websocket")
    assert answer.json is not None
    assert answer.json["code"] == 426


def test_a_bug_is_500_without_details_and_one_log_entry(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site.runtime.journal.error = ZeroDivisionError("the detail")

    answer = site.get(f"/api/v1/alerts?server=ssh://scada:{world.CANARY}@10.0.0.3:2222")

    assert answer.status_code == 500
    assert answer.json == {
        "success": False,
        "error": "monserv made a mistake; its log has the details.",
        "code": 500,
        "errors": {},
    }
    assert [record.getMessage() for record in caplog.records] == [
        "Exception on /api/v1/alerts [GET]"
    ]
    assert "ZeroDivisionError: the detail" in caplog.text
    assert world.CANARY not in caplog.text
