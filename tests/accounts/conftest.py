"""A fresh database with nobody in it, and what is built on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.db.migrate import migrate
from tests.accounts.world import World


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("accounts") / "monserv.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(empty_database, folder / "monserv.db")
    world = World(folder)
    yield world
    world.end()
