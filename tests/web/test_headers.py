from __future__ import annotations

import pytest
from werkzeug.datastructures import Headers

from tests.web.site import Site

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
        "form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Each kind of answer: what is asked, what comes back, and whether it may be kept.
ANSWERS = [
    ("GET", "/", 200, "no-store"),
    ("GET", "/swagger/index.html", 200, "no-store"),
    ("GET", "/swagger", 302, "no-store"),
    ("GET", "/swagger/doc.json", 200, "no-store"),
    ("GET", "/asyncapi.json", 200, "no-store"),
    ("GET", "/asyncapi.html", 200, "no-store"),
    ("GET", "/api/state", 200, "no-cache"),
    ("HEAD", "/api/state", 200, "no-cache"),
    ("OPTIONS", "/api/state", 200, "no-store"),
    ("GET", "/api/v1/servers", 200, "no-cache"),
    ("GET", "/api/v1/servers/metrics", 400, "no-store"),
    ("GET", "/api/v1/alerts?page=0", 422, "no-store"),
    ("GET", "/healthz", 200, "no-store"),
    ("GET", "/api/v1/sse/dashboard", 200, "no-store, no-transform"),
    ("HEAD", "/api/v1/sse/dashboard", 200, "no-store, no-transform"),
    ("GET", "/nothing", 404, "no-store"),
    ("POST", "/api/state", 405, "no-store"),
    ("GET", "/ws", 426, "no-store"),
    ("GET", "/static/js/main.js", 200, "no-cache"),
    ("GET", "/static/favicon.svg", 200, "no-cache"),
    ("GET", "/static/nothing", 404, "no-store"),
    ("GET", "/vendor/chart.umd.js", 200, "no-cache"),
    ("GET", "/vendor/nothing", 404, "no-store"),
]


def security(headers: Headers) -> dict[str, str]:
    return {name: headers.get(name, "") for name in SECURITY}


@pytest.mark.parametrize(("method", "url", "status", "cache"), ANSWERS)
def test_every_kind_of_answer_keeps_itself_to_itself(
    shared_site: Site, method: str, url: str, status: int, cache: str
) -> None:
    answer = shared_site.ask(method, url)
    assert answer.status_code == status
    assert security(answer.headers) == SECURITY
    assert answer.headers["Cache-Control"] == cache
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("url", ["/api/state", "/static/js/main.js", "/vendor/chart.umd.js"])
def test_an_answer_without_a_body_does_too(site: Site, url: str) -> None:
    tag = site.get(url).headers["ETag"]
    answer = site.get(url, If_None_Match=tag)
    assert (answer.status_code, answer.data) == (304, b"")
    assert security(answer.headers) == SECURITY


@pytest.mark.parametrize(("host", "status"), [("evil.example", 403), ("a b", 400), (None, 400)])
def test_a_refusal_does_too(site: Site, host: str | None, status: int) -> None:
    answer = site.raw("/", host)
    assert answer.status_code == status
    assert security(answer.headers) == SECURITY


def test_a_bug_does_too(site: Site) -> None:
    site.runtime.journal.error = ZeroDivisionError()
    answer = site.get("/api/v1/alerts")
    assert answer.status_code == 500
    assert security(answer.headers) == SECURITY


def test_a_range_that_is_not_there_is_refused_in_the_envelope(site: Site) -> None:
    answer = site.get("/static/favicon.svg", Range="bytes=999999-")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"].startswith("bytes */")
    assert answer.json is not None
    assert answer.json["success"] is False
