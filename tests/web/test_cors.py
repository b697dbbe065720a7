"""Pages elsewhere: what their browsers need to hear before they may read an answer."""

from __future__ import annotations

import pytest

from tests.web.site import Site

FRIEND = "https://friend.example"
PREFIX = "Access-Control-"
# One answer of each kind: bare, in the envelope, an error of ours, an error of Flask.
PATHS = [
    "/api/state",
    "/api/v1/sse/dashboard",
    "/api/v1/servers",
    "/api/v1/servers/metrics",
    "/nowhere",
]


@pytest.fixture
def friendly() -> Site:
    return Site(allowed_origins=(FRIEND,))


@pytest.mark.parametrize("path", PATHS)
def test_a_listed_page_may_read_every_answer_and_its_etag(friendly: Site, path: str) -> None:
    headers = friendly.get(path, Origin=FRIEND).headers
    assert headers["Access-Control-Allow-Origin"] == FRIEND
    assert headers["Access-Control-Expose-Headers"] == "ETag, Retry-After"
    assert "Origin" in headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in headers


def test_its_preflight_hears_which_methods_and_headers_it_may_use(friendly: Site) -> None:
    answer = friendly.ask(
        "OPTIONS",
        "/api/v1/alerts",
        Origin=FRIEND,
        Access_Control_Request_Method="PUT",
        Access_Control_Request_Headers="authorization",
    )
    assert (answer.status_code, answer.data) == (200, b"")
    assert {name: text for name, text in answer.headers if name.startswith(PREFIX)} == {
        "Access-Control-Allow-Origin": FRIEND,
        "Access-Control-Expose-Headers": "ETag, Retry-After",
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        "Access-Control-Allow-Headers": "Content-Type, Authorization, Last-Event-ID",
        "Access-Control-Max-Age": "600",
    }


@pytest.mark.parametrize("origin", [FRIEND, "null", "http://evil.example"])
def test_a_star_is_a_star_for_every_page(origin: str) -> None:
    headers = Site(allowed_origins=("*",)).get("/api/state", Origin=origin).headers
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", PATHS)
def test_a_page_that_is_not_listed_hears_nothing(friendly: Site, path: str) -> None:
    answer = friendly.get(path, Origin="https://evil.example")
    assert answer.status_code == 403
    assert [name for name, _ in answer.headers if name.startswith(PREFIX)] == []
    # A cache must not give the one page's answer to another.
    assert "Origin" in answer.headers["Vary"]


def test_a_program_and_a_site_without_the_setting_hear_nothing(site: Site, friendly: Site) -> None:
    for answer in (friendly.get("/api/state"), site.get("/api/state", Origin="http://localhost")):
        assert answer.status_code == 200
        assert [name for name, _ in answer.headers if name.startswith(PREFIX)] == []
