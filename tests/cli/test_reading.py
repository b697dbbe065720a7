from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.cli import reading
from monserv.errors import StorageError
from monserv.setup import lock, product


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MONSERV_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    before = os.umask(0o022)
    yield tmp_path / "data"
    os.umask(before)


def test_the_database_is_made_for_this_user_alone(data: Path) -> None:
    settings = reading.settings_and_database()
    assert settings.data_dir == data
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "monserv.db").stat().st_mode) == 0o600


def test_it_works_where_a_server_does(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert reading.settings().data_dir == data
    assert Path.cwd() == product.ROOT


def test_a_command_runs_beside_a_server_that_has_the_directory(data: Path) -> None:
    reading.settings_and_database()
    file = lock.hold(data)
    try:
        assert reading.settings_and_database() == reading.settings()
    finally:
        os.close(file)


def test_a_database_that_cannot_be_used_is_an_error_in_words(data: Path) -> None:
    data.mkdir(mode=0o700)
    (data / "monserv.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageError, match="damaged"):
        reading.settings_and_database()
