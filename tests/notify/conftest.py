"""An outbox in a fresh database, and a certificate authority."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monserv.db.engine import Database
from tests.db.world import Alerts, Locker, Place
from tests.notify.authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Return the authority, which monserv trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_path))
    return authority


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    database = Database(place.url)
    yield database
    database.close()


@pytest.fixture
def alerts() -> Alerts:
    return Alerts()


@pytest.fixture
def locker(place: Place) -> Iterator[Locker]:
    locker = Locker(place.path)
    yield locker
    locker.close()
