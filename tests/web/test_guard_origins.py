from __future__ import annotations

import pytest

from tests.web.site import Site

STATE = "/api/state"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:18904", None),
        ("localhost:18904", "http://localhost:18904"),
        ("LOCALHOST:18904", "http://localhost:18904"),
        ("localhost", "http://localhost"),
        ("localhost", "https://localhost"),
        ("localhost:443", "https://localhost"),
        ("localhost", "https://localhost:443"),
        ("[::1]:18904", "http://[::1]:18904"),
    ],
)
def test_no_page_and_our_own_page_may_ask(site: Site, host: str, origin: str | None) -> None:
    assert site.raw(STATE, host, origin=origin).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:3000",
        "http://localhost",
        "http://127.0.0.1:18904",
        "http://evil.example",
        "https://evil.example:18904",
        "null",
        "",
        "*",
        "file://",
        "app://localhost:18904",
        "chrome-extension://localhost:18904",
        "http://localhost:18904@evil.example",
        "http://evil.example#localhost:18904",
        "http://localhost:18904, http://evil.example",
        "http://localhost:18904/path",
        "http://localhost.:18904",
        "localhost:18904",
        "http://\x80",
    ],
)
def test_a_page_of_another_origin_may_not_ask(shared_site: Site, origin: str) -> None:
    answer = shared_site.raw(STATE, "localhost:18904", origin=origin)
    assert answer.status_code == 403
    assert answer.json == {
        "success": False,
        "error": "This Origin is not allowed here; "
        "the setting ALLOWED_ORIGINS names those that are.",
        "code": 403,
        "errors": {},
    }


def test_listed_origins_may_ask_each_with_its_scheme_and_port() -> None:
    site = Site(allowed_origins=("https://friend.example", "app://friend"))

    def status(origin: str) -> int:
        return site.raw(STATE, "localhost", origin=origin).status_code

    assert [status("https://friend.example"), status("HTTPS://Friend.example:443")] == [200, 200]
    assert [status("app://friend"), status("http://localhost")] == [200, 200]
    assert [status("http://friend.example"), status("https://friend.example:8443")] == [403, 403]


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "garbage", ""])
def test_a_star_lets_every_page_ask(origin: str) -> None:
    site = Site(allowed_origins=("*",))
    assert site.raw(STATE, "localhost", origin=origin).status_code == 200


def test_the_page_behind_a_proxy_has_the_name_that_the_proxy_goes_by() -> None:
    site = Site(api_host="status.example.net")
    assert site.raw(STATE, "localhost", origin="https://status.example.net").status_code == 200
    assert site.raw(STATE, "localhost", origin="https://status.example.net:8443").status_code == 403
