"""Every route, by every method, with every kind of credential: generated from the URL map."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from monserv.accounts import credentials
from monserv.model.access import Role
from monserv.model.account import Scope
from monserv.model.secret import Secret
from monserv.web.doors import DOORS, PUBLIC, Person
from tests.accounts.world import World
from tests.web.guarded import Guarded, bearer
from tests.web.site import Site

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
FETCHING = ("GET", "HEAD")
SAFE = (*FETCHING, "OPTIONS")
RANKS = {role: rank for rank, role in enumerate(Role)}
ARGUMENTS = {"filename": "favicon.svg", "name": "chart.umd.js"}
# A log-in that cannot be, and a log-out that another page wants: they refuse themselves.
LOG_INS = {("POST", "/login"), ("POST", "/setup"), ("POST", "/language")}
OWN_REFUSAL = {*LOG_INS, ("POST", "/logout")}


def address(rule: Rule) -> str:
    """Return an address that the rule matches."""
    parts = str(rule).split("/")
    for index, part in enumerate(parts):
        if part.startswith("<"):
            parts[index] = ARGUMENTS.get(part.strip("<>").rpartition(":")[2], "nothing")
    return "/".join(parts)


URL_MAP = Site().app.url_map
ROUTES = [*sorted({address(rule) for rule in URL_MAP.iter_rules()}), "/nowhere", "/api/v1/nowhere"]


def door_of(method: str, url: str) -> object:
    """Return whom a request is for; ``None`` where there is nothing."""
    try:
        rule, _ = URL_MAP.bind("localhost").match(url, method, return_rule=True)
    except (HTTPException, RequestRedirect):
        return None
    return DOORS[rule.endpoint]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Guarded]:
    world = World(tmp_path_factory.mktemp("doors"), new_database)
    site = Guarded(world)
    site.populate()
    yield site
    world.end()


@pytest.fixture(scope="module")
def tokens(site: Guarded) -> dict[str, str]:
    return {
        "wrong": f"{credentials.TOKEN_PREFIX}nothing",
        "no token at all": "x",
        "empty": "",
        "revoked": site.revoked(),
        "expired": site.expired(),
        "read": site.token(Scope.READ),
        "manage": site.token(Scope.MANAGE),
    }


# What a valid token opens; all other tokens open nothing.
OPENS = {"read": Role.VIEWER, "manage": Role.OPERATOR}


def expected(role: Role | None, method: str, url: str, *, is_person: bool = False) -> int | None:
    """Return the status with which a request is refused, or ``None`` when it is not."""
    door = door_of(method, url)
    if isinstance(door, Person) and role is not None:
        door = door.role if is_person else door
    if door is PUBLIC:
        return None
    if role is None:
        return 401
    if door is None or (isinstance(door, Role) and RANKS[role] >= RANKS[door]):
        return None
    return 403


def wrong(
    url: str, ask: Callable[[str], int], expects: Callable[[str], int | None]
) -> dict[str, tuple[int, int | None]]:
    """Return the methods of which the answer is not what it should be."""
    found = {}
    for method in METHODS:
        status, refused = ask(method), expects(method)
        let_through = status not in {401, 403} or (method, url) in OWN_REFUSAL
        if status != refused if refused else not let_through:
            found[method] = (status, refused)
    return found


@pytest.mark.parametrize("url", ROUTES)
def test_nothing_but_what_is_public_opens_without_a_credential(site: Guarded, url: str) -> None:
    def ask(method: str) -> int:
        return site.ask(method, url).status_code

    assert wrong(url, ask, lambda method: expected(None, method, url)) == {}


@pytest.mark.parametrize("url", ROUTES)
def test_a_token_in_the_header_opens_what_it_is_for_and_one_that_opens_nothing_is_refused(
    site: Guarded, tokens: dict[str, str], url: str
) -> None:
    for name, token in tokens.items():

        def ask(method: str, token: str = token) -> int:
            return site.ask(method, url, **bearer(token)).status_code

        def expects(method: str, name: str = name) -> int | None:
            return expected(OPENS[name], method, url) if name in OPENS else 401

        assert (name, wrong(url, ask, expects)) == (name, {})


@pytest.mark.parametrize("url", ROUTES)
def test_a_token_in_the_address_opens_the_same_and_changes_nothing(
    site: Guarded, tokens: dict[str, str], url: str
) -> None:
    for name, token in tokens.items():

        def ask(method: str, token: str = token) -> int:
            return site.ask(method, f"{url}?a=b&token={token}").status_code

        def expects(method: str, name: str = name) -> int | None:
            if method not in FETCHING:
                return expected(None, method, url)
            return expected(OPENS[name], method, url) if name in OPENS else 401

        assert (name, wrong(url, ask, expects)) == (name, {})


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("url", ROUTES)
def test_a_session_opens_what_its_role_may(site: Guarded, url: str, role: Role) -> None:
    def ask(method: str) -> int:
        return site.as_person(role, method, url).status_code

    assert wrong(url, ask, lambda method: expected(role, method, url, is_person=True)) == {}


@pytest.mark.parametrize("url", ROUTES)
def test_a_session_changes_nothing_without_the_page_key(site: Guarded, url: str) -> None:
    cookie = site.cookie(site.session(Role.ADMIN))

    def ask(method: str) -> int:
        return site.ask(method, url, Cookie=cookie, X_CSRF_Token="x").status_code

    def expects(method: str) -> int | None:
        if method in SAFE or (method, url) in LOG_INS:
            return expected(Role.ADMIN, method, url, is_person=True)
        return 403

    assert wrong(url, ask, expects) == {}


@pytest.mark.parametrize("url", ROUTES)
def test_a_session_that_is_over_or_forged_or_of_another_page_is_none(
    site: Guarded, url: str
) -> None:
    over = site.new_session(Role.ADMIN)
    grant = site.accounts.grant(over)
    assert grant is not None
    site.world.shell.remove_session(grant.id)
    site.accounts.look()
    alive = site.cookie(site.session(Role.ADMIN))
    for headers in (
        {"Cookie": site.cookie(over)},
        {"Cookie": site.cookie(Secret("guessed"))},
        {"Cookie": alive[:-1]},
        {"Cookie": alive, "Origin": "https://friend.example"},
    ):

        def ask(method: str, headers: dict[str, str] = headers) -> int:
            return site.ask(method, url, **headers).status_code

        assert wrong(url, ask, lambda method: expected(None, method, url)) == {}
