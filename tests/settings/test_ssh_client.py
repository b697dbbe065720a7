"""Which SSH configuration counts: the one that is named, the user's own, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from monserv.errors import SettingsError
from monserv.settings.ssh_client import path


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    own = tmp_path / ".ssh" / "config"
    own.touch(0o600)
    return own


def test_the_user_s_own_counts_when_there_is_one(own: Path, tmp_path: Path) -> None:
    assert path("", tmp_path) == own
    own.unlink()
    assert path("", tmp_path) is None


def test_none_leaves_it_unread(own: Path, tmp_path: Path) -> None:
    assert path("none", tmp_path) is None


def test_another_is_named_from_here_from_home_or_from_the_root(own: Path, tmp_path: Path) -> None:
    for written in (".ssh/config", "~/.ssh/config", str(own)):
        assert path(written, tmp_path) == own


@pytest.mark.parametrize("written", ["absent", "~no-such-user/config", "x\0y", "x" * 5000])
def test_one_that_is_named_and_not_there_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(SettingsError, match=r"^MONSERV_SSH_CONFIG cannot be read: "):
        path(written, tmp_path)


def test_a_server_is_configured_by_its_alias_and_a_broken_file_stops_the_start(
    own: Path, tmp_path: Path
) -> None:
    own.write_text("Host nas\n  User joe\n")
    settings = config.load({"SERVERS": "ssh://nas"}, tmp_path)
    assert settings.ssh_config == own
    assert [server.username for server in settings.servers] == ["joe"]
    with pytest.raises(SettingsError, match="names no user"):
        config.load({"SERVERS": "ssh://nas", "MONSERV_SSH_CONFIG": "none"}, tmp_path)
    own.write_text("Port nonsense\n")
    with pytest.raises(SettingsError, match=f"MONSERV_SSH_CONFIG: {own}, line 1: the port is no"):
        config.load({}, tmp_path)
    assert config.load({"MONSERV_SSH_CONFIG": "none"}, tmp_path).ssh_config is None
