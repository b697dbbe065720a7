from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit import components


def test_what_is_missing_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "PATH", "/nowhere")
    found = components.missing()
    assert {
        "openssh-server",
        "dropbear-bin",
        "busybox",
        "chromium-headless-shell",
        "nodejs",
    } <= set(found)
    assert components.apt_line(found).startswith("apt install --no-install-recommends busybox ")


def test_nothing_is_installed_when_nothing_is_missing() -> None:
    said: list[str] = []
    components.install([], said.append)
    assert said == []


def test_no_service_may_start_while_apt_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(components, "POLICY", policy)
    with components._no_service_starts():
        assert policy.read_text() == "#!/bin/sh\nexit 101\n"
        assert policy.stat().st_mode & 0o111
    assert not policy.exists()
    policy.write_text("the administrator's own")
    with components._no_service_starts():
        pass
    assert policy.read_text() == "the administrator's own"


def test_no_new_service_begins_with_the_next_start_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wants = tmp_path / "sockets.target.wants"
    wants.mkdir()
    (wants / "ours.socket").symlink_to("/nowhere/ours.socket")
    monkeypatch.setattr(components, "UNITS", tmp_path)
    with components._no_service_enabled():
        (wants / "new.socket").symlink_to("/nowhere/new.socket")
    assert [wants / "ours.socket"] == list(wants.iterdir())
