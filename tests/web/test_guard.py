from __future__ import annotations

from functools import cache

import pytest

from tests.web.site import Site

STATE = "/api/state"
EVERYWHERE = [STATE, "/", "/healthz", "/static/favicon.svg", "/nothing", "/swagger/doc.json", "/ws"]
ODD = [
    "a b",
    "a,localhost",
    "localhost:",
    "localhost:0",
    "localhost:99999",
    "localhost:80:80",
    "user@localhost",
    "[::1",
    "[]",
    "-x",
    "",
    "\x80",
    "x" * 1000,
]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:18904",
        "localhost:1",
        "LocalHost",
        "localhost.",
        "LOCALHOST.:80",
        "127.0.0.1:18904",
        "[::1]",
        "[::1]:18904",
    ],
)
def test_our_own_names_are_answered_whatever_the_port(shared_site: Site, host: str) -> None:
    assert shared_site.raw(STATE, host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil-localhost",
        "localhost..",
        "127.0.0.1.evil.example",
        "0.0.0.0",
        "[::2]",
        "ä",
        ".",
    ],
)
def test_a_foreign_name_is_refused(shared_site: Site, host: str) -> None:
    answer = shared_site.raw(STATE, host)
    assert answer.status_code == 403
    assert answer.json == {
        "success": False,
        "error": "This Host is not allowed here; the setting ALLOWED_HOSTS names those that are.",
        "code": 403,
        "errors": {},
    }


@pytest.mark.parametrize("path", EVERYWHERE)
def test_the_guard_stands_before_every_address(shared_site: Site, path: str) -> None:
    assert shared_site.raw(path, "evil.example").status_code == 403
    assert shared_site.raw(path, "localhost", origin="http://evil.example").status_code == 403
    assert shared_site.raw(path, "a b").status_code == 400


@cache
def allowing(*hosts: str) -> Site:
    return Site(allowed_hosts=hosts)


@pytest.mark.parametrize("host", ODD)
@pytest.mark.parametrize("allowed", [("localhost",), ("*",)])
def test_a_malformed_host_is_400_also_where_every_name_is_allowed(
    allowed: tuple[str, ...], host: str
) -> None:
    assert allowing(*allowed).raw(STATE, host).status_code == 400


@pytest.mark.parametrize("host", ["a" * 64, "a..b", ".", "evil.example", "[fe80::1%eth0]"])
def test_where_every_name_is_allowed_none_is_a_mistake_of_ours(host: str) -> None:
    answer = allowing("*").raw(STATE, host)
    assert answer.status_code in {200, 400}


def test_a_missing_host_is_400_unless_the_protocol_knows_none(site: Site) -> None:
    assert site.raw(STATE, None).status_code == 400
    assert site.raw(STATE, None, "HTTP/1.0").status_code == 200


def test_a_check_over_http_1_0_is_answered_whatever_our_names_are() -> None:
    named = Site(allowed_hosts=("status.example.net",))
    assert named.raw("/healthz", None, "HTTP/1.0").status_code == 200
    assert named.raw("/healthz", "localhost", "HTTP/1.0").status_code == 403
    assert named.raw("/healthz", None, "HTTP/1.0", "http://localhost").status_code == 403


def test_what_a_forwarding_header_claims_does_not_count(site: Site) -> None:
    claims = {"X_Forwarded_Host": "localhost", "Forwarded": "host=localhost"}
    assert site.get(STATE, Host="evil.example", **claims).status_code == 403
    assert site.get(STATE, Host="localhost", X_Forwarded_Host="evil.example").status_code == 200
