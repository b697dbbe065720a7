"""The door in front of Flask: no check is another one, and no answer differs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from monserv.errors import StorageError
from monserv.model.account import Scope
from monserv.web.polled import PATHS
from tests.accounts.world import World
from tests.web.guarded import FRIEND, Guarded, bearer
from tests.web.site import Site

STATE = "/api/state"
PLAIN: list[dict[str, str]] = [
    {},
    {"Accept_Encoding": "gzip, br"},
    {"Accept_Encoding": "gzip;q=0"},
    {"If_None_Match": "*"},
    {"If_None_Match": "*", "Accept_Encoding": "gzip"},
    {"Host": "127.0.0.1:18904", "Accept": "application/json", "X_CSRF_Token": "x"},
    {"Range": "bytes=0-1", "Upgrade": "websocket", "Sec_Fetch_Site": "cross-site"},
]


class Counter:
    """How many requests Flask had to answer."""

    def __init__(self, app: Flask) -> None:
        self.asked = 0
        app.before_request_funcs[None].insert(0, self._count)

    def _count(self) -> None:
        self.asked += 1

    def since(self) -> int:
        asked, self.asked = self.asked, 0
        return asked


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Guarded]:
    world = World(tmp_path_factory.mktemp("ready"), new_database)
    yield Guarded(world)
    world.end()


@pytest.fixture(scope="module")
def counted() -> tuple[Site, Counter]:
    """Return a site of which nothing changes, and how often Flask was asked."""
    site = Site()
    return site, Counter(site.app)


@pytest.mark.parametrize("headers", PLAIN)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", PATHS)
def test_the_answer_is_the_one_that_flask_gives(
    counted: tuple[Site, Counter], path: str, method: str, headers: dict[str, str]
) -> None:
    site, by_flask = counted
    ready = site.ask(method, path, **headers)
    assert by_flask.since() == 0
    long_way = site.ask(method, path, Cookie="of=others", **headers)
    assert by_flask.since() == 1
    assert (ready.status, ready.data) == (long_way.status, long_way.data)
    assert dict(ready.headers) == dict(long_way.headers)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", STATE, {}),
        ("OPTIONS", STATE, {}),
        ("GET", f"{STATE}/", {}),
        ("GET", "//api/state", {}),
        ("GET", "/API/state", {}),
        ("GET", "/healthz", {}),
        ("GET", STATE, {"Cookie": "monserv-18904=x"}),
        ("GET", STATE, {"Origin": "http://localhost"}),
    ],
)
def test_what_needs_more_thought_is_for_flask(
    site: Site, method: str, path: str, headers: dict[str, str]
) -> None:
    by_flask = Counter(site.app)
    site.ask(method, path, **headers)
    assert by_flask.since() == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "a b"}, 400),
        ({"Host": "127.0.0.1:99999"}, 400),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Authorization": "Bearer mst_nothing"}, 401),
        ({"Authorization": "bearer "}, 401),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_whom_a_check_refuses_hears_why(
    shared_site: Site, path: str, headers: dict[str, str], status: int
) -> None:
    shared_site.get(path)  # and it is not because nothing is ready
    answer = shared_site.get(path, **headers)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["code"] == status
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("path", PATHS)
def test_a_token_opens_it_without_flask_until_it_is_revoked(guarded: Guarded, path: str) -> None:
    by_flask = Counter(guarded.app)
    _, text = guarded.world.shell.add_token("short", Scope.READ, [], None, None)
    guarded.accounts.look()
    shown = bearer(text.reveal())
    assert guarded.get(path, **shown).status_code == 200
    assert guarded.get(f"{path}?token={text.reveal()}").status_code == 200
    assert by_flask.since() == 0
    (token,) = [one for one in guarded.accounts.directory.tokens.values() if one.name == "short"]
    guarded.world.shell.remove_token(token)
    guarded.accounts.look()
    assert guarded.get(path, **shown).status_code == 401
    assert guarded.get(path).status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_each_sees_and_keeps_his_own(guarded: Guarded, path: str) -> None:
    everything = bearer(guarded.token(Scope.READ))
    prod = bearer(guarded.token(Scope.READ, "prod"))
    nothing = bearer(guarded.token(Scope.READ, "nowhere"))
    answers = [guarded.get(path, **one) for one in (everything, prod, nothing) * 2]
    tags = [answer.headers["ETag"] for answer in answers]
    assert tags[:3] == tags[3:]
    assert len(set(tags)) == 3
    assert [answer.data for answer in answers[:3]] == [answer.data for answer in answers[3:]]
    for tag in tags[:2]:
        assert guarded.get(path, If_None_Match=tag, **nothing).status_code == 200
    assert all(set(tag.strip('"')) <= set("0123456789abcdef-") for tag in tags)
    assert set(answers[0].headers["Vary"].split(", ")) == {
        *("Accept-Encoding", "Authorization", "Cookie", "Origin")
    }


def test_nobody_is_let_in_while_it_is_not_known_who_may(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = guarded.token(Scope.READ)

    def fail(_secret: object) -> None:
        raise StorageError("the disk is full")

    monkeypatch.setattr(guarded.accounts, "grant", fail)
    assert guarded.get(STATE, **bearer(token)).status_code == 503


def test_it_counts_as_any_other_answer() -> None:
    site = Site(requests_per_second=1.0)
    by_flask = Counter(site.app)
    assert [site.get(STATE).status_code for _ in range(11)] == [200] * 10 + [429]
    assert by_flask.since() == 1
    assert int(site.get("/api/v1/health").headers["Retry-After"]) == 1
    site.runtime.clock.advance(2)
    assert site.get("/api/v1/alerts").status_code == 200
    assert [site.get(STATE).status_code for _ in range(2)] == [200, 429]


def test_a_credential_has_its_share_here_as_well(guarded: Guarded, tmp_path: object) -> None:
    site = Site(guarded.accounts, needs_login=True, requests_per_second=1.0)
    shown = bearer(guarded.token(Scope.READ))
    client = site.app.test_client()
    statuses = [
        client.get(
            STATE,
            headers=shown,
            environ_base={"REMOTE_ADDR": f"198.51.100.{number}"},
        ).status_code
        for number in range(12)
    ]
    assert statuses == [200] * 10 + [429] * 2


def test_behind_a_proxy_it_is_the_client_who_counts() -> None:
    site = Site(requests_per_second=1.0, trusted_proxies=1)
    for number in range(30):
        assert site.get(STATE, X_Forwarded_For=f"192.0.2.{number}").status_code == 200
    statuses = [site.get(STATE, X_Forwarded_For="192.0.2.99").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]


def test_pages_of_a_listed_origin_hear_so(guarded: Guarded) -> None:
    shown = bearer(guarded.token(Scope.READ))
    answer = guarded.get(STATE, Origin=FRIEND, **shown)
    assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
    assert guarded.get(STATE, **shown).headers["ETag"] == answer.headers["ETag"]
