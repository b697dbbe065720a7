"""The calls about people and programs, asked by an admin who has logged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monserv.accounts import credentials
from monserv.model.access import Role
from tests.accounts.world import World
from tests.web.described import ASKABLE, PLAIN
from tests.web.guarded import Guarded

PEOPLE = ("/api/v1/session", "/api/v1/token", "/api/v1/account")


def can_be_described(_context: Any, case: Any) -> bool:
    """Leave out what OpenAPI cannot say.

    Texts are printable and have no blanks around them, and 1.0 is no whole number.
    """
    sent = case.body if isinstance(case.body, dict) else {}
    texts = [sent.get(key) for key in ("name", "tags") if isinstance(sent.get(key), str)]
    if isinstance(sent.get("days"), float):
        return False
    return all(text.isprintable() and text == text.strip() for text in texts)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Guarded]:
    world = World(tmp_path_factory.mktemp("fuzz"), new_database)
    site = Guarded(world)
    site.populate()
    yield site
    world.end()


def logged_in(site: Guarded) -> Any:
    """Return the application behind the browser of an admin."""
    secret = site.session(Role.ADMIN)
    shown = {"HTTP_COOKIE": site.cookie(secret), "HTTP_X_CSRF_TOKEN": credentials.page_key(secret)}
    return lambda environ, start_response: site.app(environ | shown, start_response)


@pytest.mark.parametrize("call", [call for call in ASKABLE if call.split()[1].startswith(PEOPLE)])
def test_an_admin_gets_every_answer_as_declared(
    call: str, site: Guarded, monkeypatch: pytest.MonkeyPatch, fuzz: Callable[..., None]
) -> None:
    # What a password costs and what makes a bad one have tests of their own.
    monkeypatch.setattr("monserv.accounts.passwords.flaw", lambda *_: None)
    monkeypatch.setattr("monserv.accounts.passwords.Passwords._run", lambda _self, _work: "")

    def ask(case: Any) -> None:
        case.call_and_validate(app=logged_in(site), headers=PLAIN)

    fuzz(call, 15, can_be_described, ask)
