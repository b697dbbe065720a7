"""Accounts, tokens and sessions over REST: who may do what, and what comes of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from monserv.accounts import credentials
from monserv.model.access import Role
from monserv.model.account import Scope
from tests.accounts.world import PASSWORD, World
from tests.web.guarded import Guarded, bearer

NEW = "a new horse battery"


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Guarded]:
    world = World(tmp_path_factory.mktemp("calls"), new_database)
    site = Guarded(world)
    site.populate()
    yield site
    world.end()


def send(site: Guarded, role: Role, method: str, path: str, body: Any = None) -> TestResponse:
    """Ask as a page of ours does for the person with this role."""
    secret = site.session(role)
    return site.app.test_client(use_cookies=False).open(
        f"/api/v1{path}",
        method=method,
        json=body,
        headers={"Cookie": site.cookie(secret), "X-CSRF-Token": credentials.page_key(secret)},
        buffered=True,
    )


def test_an_admin_makes_changes_and_removes_an_account(
    site: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    made = send(
        site,
        Role.ADMIN,
        "POST",
        "/accounts",
        {"name": "bert", "password": NEW, "role": "operator", "tags": "prod, berlin"},
    )
    assert made.status_code == 201
    account = made.json["data"]
    assert (account["name"], account["role"], account["tags"]) == (
        "bert",
        "operator",
        "berlin,prod",
    )
    assert NEW not in made.text
    url = f"/accounts/{account['id']}"
    changed = send(site, Role.ADMIN, "PUT", url, {"is_disabled": True, "tags": ""})
    assert changed.json["data"] == account | {"is_disabled": True, "tags": ""}
    assert send(site, Role.ADMIN, "GET", "/accounts").json["data"]["total"] == 4
    assert send(site, Role.ADMIN, "DELETE", url).status_code == 200
    assert send(site, Role.ADMIN, "DELETE", url).status_code == 404
    assert [record.getMessage() for record in caplog.records] == [
        "admin made the account bert (operator)",
        "admin changed the account bert: is_disabled, tags",
        "admin removed the account bert",
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "Viewer", "password": NEW}, 409),
        ({"name": "x", "password": "short"}, 422),
        ({"name": " x ", "password": NEW}, 422),
        ({"name": "x\u202e", "password": NEW}, 422),
        ({"name": "x", "password": NEW, "role": "god"}, 422),
        ({"name": "x", "password": NEW, "tags": "\x07"}, 422),
        ({"name": "x"}, 422),
        ({"name": "x", "password": NEW, "id": "y"}, 422),
        ([], 400),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_words(site: Guarded, body: Any, code: int) -> None:
    answer = send(site, Role.ADMIN, "POST", "/accounts", body)
    assert answer.status_code == code
    assert answer.json["error"].endswith(".")
    assert NEW not in answer.text


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("DELETE", None),
        ("PUT", {"role": "viewer"}),
        ("PUT", {"tags": "prod"}),
        ("PUT", {"is_disabled": True}),
    ],
)
def test_the_last_admin_stays(site: Guarded, method: str, body: Any) -> None:
    url = f"/accounts/{site.people[Role.ADMIN].id}"
    assert send(site, Role.ADMIN, method, url, body).status_code == 409
    send(site, Role.ADMIN, "POST", "/accounts", {"name": "b", "password": NEW, "role": "admin"})
    assert send(site, Role.ADMIN, method, url, body).status_code == 200


def test_an_admin_who_sees_only_some_servers_manages_no_accounts(site: Guarded) -> None:
    limited = site.world.person("limited", Role.ADMIN, "prod")
    site.people[Role.ADMIN] = limited
    answer = send(site, Role.ADMIN, "GET", "/accounts")
    assert (answer.status_code, answer.json["error"]) == (
        403,
        "This is for those who see all servers.",
    )


def test_a_person_makes_a_token_that_works_and_revokes_it(site: Guarded) -> None:
    made = send(site, Role.VIEWER, "POST", "/tokens", {"name": "script", "scope": "manage"})
    assert made.status_code == 201
    token = made.json["data"]
    text = token["token"]
    who = site.get("/api/v1/session", **bearer(text)).json["data"]
    # It is the token of somebody who may only look.
    assert (who["name"], who["role"], who["kind"]) == ("viewer (script)", "viewer", "token")
    listed = send(site, Role.VIEWER, "GET", "/tokens")
    assert [one["id"] for one in listed.json["data"]["tokens"]] == [token["id"]]
    assert text not in listed.text
    site.world.connections.alive.add(f"token:{token['id']}:x")
    assert send(site, Role.VIEWER, "DELETE", f"/tokens/{token['id']}").status_code == 200
    assert site.get("/api/state", **bearer(text)).status_code == 401
    assert site.world.connections.alive == set()


def test_tokens_and_sessions_of_others_are_an_admins_business(site: Guarded) -> None:
    token = send(site, Role.OPERATOR, "POST", "/tokens", {"name": "t"}).json["data"]["id"]
    grant = site.accounts.grant(site.session(Role.OPERATOR))
    assert grant is not None
    for url in (f"/tokens/{token}", f"/sessions/{grant.id}"):
        assert send(site, Role.VIEWER, "DELETE", url).status_code == 404
        assert send(site, Role.ADMIN, "DELETE", url).status_code == 200
    assert send(site, Role.VIEWER, "GET", "/tokens").json["data"]["total"] == 0
    own = send(site, Role.VIEWER, "GET", "/sessions").json["data"]["sessions"]
    assert [(one["account"], one["is_own"]) for one in own] == [("viewer", True)]


def test_no_token_makes_another(site: Guarded) -> None:
    text = site.token(Scope.MANAGE)
    answer = site.ask("POST", "/api/v1/tokens", **bearer(text))
    assert (answer.status_code, answer.json["error"]) == (
        403,
        "This is for a person who has logged in, and for no token.",
    )


def test_a_person_changes_their_password_and_is_logged_out_elsewhere(site: Guarded) -> None:
    here, elsewhere = site.session(Role.VIEWER), site.new_session(Role.VIEWER)
    body = {"current_password": "wrong horse battery", "new_password": NEW}
    assert send(site, Role.VIEWER, "PUT", "/session/password", body).status_code == 403
    body["current_password"] = PASSWORD.reveal()
    assert send(site, Role.VIEWER, "PUT", "/session/password", body).status_code == 200
    assert site.accounts.grant(here) is not None
    assert site.accounts.grant(elsewhere) is None


def test_where_no_login_is_needed_nobody_makes_accounts_unseen(site: Guarded) -> None:
    opened = Guarded(site.world, needs_login=False)
    assert opened.get("/api/v1/session").json["data"] == {
        "login_needed": False,
        "name": "",
        "role": "admin",
        "tags": "",
        "kind": "none",
        "csrf_token": "",
        "expires_at": None,
    }
    assert opened.get("/api/v1/accounts").status_code == 403
    assert opened.get("/api/state").status_code == 200
    assert opened.get("/api/state", **bearer("mst_wrong")).status_code == 401
    limited = opened.get("/api/state", **bearer(opened.token(Scope.READ, "nothing")))
    assert (limited.status_code, limited.json) == (200, {})
