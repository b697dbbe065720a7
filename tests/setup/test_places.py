from __future__ import annotations

from pathlib import Path

import pytest

from monserv.setup import places
from monserv.setup.places import place


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write everywhere, so the answer itself is replaced."""
    monkeypatch.setattr(places.os, "access", lambda _path, _mode: False)


def test_things_lie_in_the_checkout(tmp_path: Path) -> None:
    assert place(tmp_path, ".venv", None, {}) == tmp_path / ".venv"
    assert place(tmp_path, ".venv", " ", {}) == tmp_path / ".venv"


def test_a_chosen_place_goes_before_all(tmp_path: Path) -> None:
    assert place(tmp_path, "instance", "/var/lib/x", {}) == Path("/var/lib/x")
    assert place(tmp_path, "instance", "a/../b", {}) == tmp_path / "b"
    assert place(tmp_path, "instance", "~/b", {"HOME": "/home/joe"}) == Path("/home/joe/b")


@pytest.mark.usefixtures("unwritable")
def test_a_read_only_checkout_falls_back_to_the_users_data_directory(tmp_path: Path) -> None:
    home = {"HOME": "/home/joe"}
    assert place(tmp_path, ".venv", None, home) == Path("/home/joe/.local/share/monserv/venv")
    assert place(tmp_path, "instance", None, {**home, "XDG_DATA_HOME": "/data"}) == Path(
        "/data/monserv/instance"
    )
    assert place(tmp_path, "instance", None, {**home, "XDG_DATA_HOME": "relative"}) == Path(
        "/home/joe/.local/share/monserv/instance"
    )
