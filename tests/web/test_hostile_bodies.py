"""Whatever is sent as a body, a call that takes one answers 4xx with one clear sentence."""

from __future__ import annotations

import re

import pytest

from tests.web.described import OPERATIONS
from tests.web.site import Site

CALLS = sorted(name for name, one in OPERATIONS.items() if "requestBody" in one)
JSON = "application/json"
UNFIT = {
    "nothing": b"",
    "blanks": b" \r\n\t ",
    "half an object": b'{"name": ',
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "a text": b'"name"',
    "no number": b'{"port": NaN}',
    "deep lists": b"[" * 30_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "bytes": b"\xff\xfe\x00{",
    "lone surrogate": b'{"\\ud800": "\\ud800"}',
    "two documents": b"{}{}",
}


@pytest.fixture
def site(shared_site: Site) -> Site:
    return shared_site  # nobody here gets anything changed


def send(
    site: Site, name: str, body: bytes, content_type: str = JSON
) -> tuple[int, dict[str, object]]:
    method, _, path = name.partition(" ")
    answer = site.app.test_client().open(
        re.sub(r"\{\w+\}", "x", path),
        method=method,
        data=body,
        headers={"Content-Type": content_type},
        buffered=True,
    )
    assert answer.json is not None
    return answer.status_code, answer.json


def test_there_are_calls_that_take_a_body() -> None:
    assert {"POST /api/v1/servers", "POST /api/test-alert", "POST /api/v1/tokens"} <= set(CALLS)


@pytest.mark.parametrize("body", UNFIT)
@pytest.mark.parametrize("name", CALLS)
def test_a_body_that_is_none_is_refused_in_one_sentence(site: Site, name: str, body: str) -> None:
    status, said = send(site, name, UNFIT[body])
    assert status in {400, 403, 404, 422}
    assert (said["success"], said["code"]) == (False, status)
    assert re.fullmatch(r"[^\n]{5,300}\.", str(said["error"]))


TAKES_FILES = {"POST /api/v1/import/preview"}


@pytest.mark.parametrize("name", CALLS)
def test_a_body_that_is_endless_is_refused(site: Site, name: str) -> None:
    kib = 1024 if name in TAKES_FILES else 64
    status, said = send(site, name, b'{"name": "' + b"x" * kib * 1024 + b'"}')
    assert (status, said["error"]) in {
        (413, f"The body is larger than {kib} KiB."),
        (403, "This is for a person who has logged in, and for no token."),
    }


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
@pytest.mark.parametrize("name", [one for one in CALLS if one != "POST /api/test-alert"])
def test_what_a_page_elsewhere_may_send_unasked_changes_nothing(
    site: Site, name: str, content_type: str
) -> None:
    status, _ = send(site, name, b'{"name": "x", "host": "x", "username": "x"}', content_type)
    assert status in {403, 415}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/v1/servers"),
        ("PATCH", "/api/v1/servers/scadanas"),
        ("POST", "/api/v1/servers/scadanas"),
        ("PUT", "/api/state"),
        ("GET", "/api/test-alert"),
        ("PROPFIND", "/api/v1/health"),
        ("TRACE", "/"),
    ],
)
def test_a_method_that_an_address_does_not_know_is_405(site: Site, method: str, path: str) -> None:
    answer = site.ask(method, path)
    assert answer.status_code == 405
    assert "Allow" in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../config.py",
        "/static/..%2fconfig.py",
        "/static/%2e%2e/config.py",
        "/static//etc/passwd",
        "/static/js/..\\..\\config.py",
        "/vendor/../../etc/passwd",
        "/vendor/%2fetc%2fpasswd",
        "/vendor/swagger-ui/../../../etc/passwd",
        "/api/v1/servers/..%2f..%2fstate",
        "/api/v1/servers/%00",
    ],
)
def test_no_path_leads_out(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["code"] == 404


@pytest.mark.parametrize("name", ["state", "server", "type", "severity", "from", "to", "page"])
@pytest.mark.parametrize(
    "value",
    ["' OR 1=1 --", '"; DROP TABLE transitions; --', "1) UNION SELECT 1,2 --", "${7*7}", "{{7*7}}"],
)
def test_what_is_injected_into_a_filter_is_a_value_or_refused(
    site: Site, name: str, value: str
) -> None:
    answer = site.app.test_client().get("/api/v1/alerts", query_string={name: value})
    if name == "server":
        assert answer.status_code == 200
        assert site.runtime.journal.asked is not None
        assert site.runtime.journal.asked.server_id == value
    else:
        assert answer.status_code == 422
        assert answer.json is not None
        assert list(answer.json["errors"]) == [name]


@pytest.mark.parametrize("size", ["1001", "0", "-1", "1e3", "9" * 30])
def test_a_page_of_history_has_at_most_a_thousand(site: Site, size: str) -> None:
    assert site.get("/api/v1/alerts?page_size=1000").status_code == 200
    assert site.get(f"/api/v1/alerts?page_size={size}").status_code == 422
