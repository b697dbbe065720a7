"""A fresh database with an outbox, and a certificate authority."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.db.engine import Database
from monserv.db.migrate import migrate
from tests.db.world import Alerts, Place
from tests.notify.authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Return the authority, which monserv trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_path))
    return authority


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("new") / "monserv.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def place(tmp_path: Path, new_database: Path) -> Place:
    place = Place(tmp_path / "data" / "monserv.db")
    place.path.parent.mkdir()
    shutil.copy(new_database, place.path)
    return place


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    database = Database(place.url)
    yield database
    database.close()


@pytest.fixture
def alerts() -> Alerts:
    return Alerts()
