from __future__ import annotations

import io
from datetime import timedelta

import pytest

from monserv.accounts import census
from monserv.model.account import Scope
from tests.accounts.world import World


def counted(monkeypatch: pytest.MonkeyPatch, url: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{url}\n"))
    return census.main()


def test_nobody_is_told_from_somebody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted(monkeypatch, world.url) == census.NOBODY
    world.person("anna")
    assert counted(monkeypatch, world.url) == 0


def test_a_token_is_somebody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    expires_at = world.clock.now() + timedelta(days=1)
    world.shell.add_token("ci", Scope.READ, [], expires_at, None)
    assert counted(monkeypatch, world.url) == 0


def test_a_database_that_does_not_tell_is_neither(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (world.folder / "monserv.db").write_bytes(b"x" * 5000)
    assert counted(monkeypatch, world.url) == census.UNKNOWN
    assert len(capsys.readouterr().err.splitlines()) == 1
