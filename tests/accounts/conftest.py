"""A fresh database with nobody in it, and what is built on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.accounts.world import World


@pytest.fixture
def world(tmp_path: Path, new_database: Path) -> Iterator[World]:
    folder = tmp_path / "data"
    folder.mkdir()
    world = World(folder, new_database)
    yield world
    world.end()
