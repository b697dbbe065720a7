"""A journal on a fresh database, and alerts to put in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monserv.db import patience, recorder
from monserv.db.engine import Database
from monserv.db.journal import Journal
from tests.db.world import Alerts, Ears, Locker, Place, Process


@pytest.fixture
def alerts() -> Alerts:
    return Alerts()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    database = Database(place.url)
    yield database
    database.close()


@pytest.fixture
def process(place: Place) -> Iterator[Process]:
    process = Process(place)
    yield process
    process.end()


@pytest.fixture
def journal(process: Process, ears: Ears) -> Journal:
    return process.begin(ears)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the disk as long as it takes, where what is shown is not how long."""
    monkeypatch.setattr(patience, "DURABLE_SECONDS", 30.0)
    monkeypatch.setattr(patience, "HURRIED_SECONDS", 30.0)


@pytest.fixture
def fast_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "RETRY_SECONDS", 0.1)


@pytest.fixture
def locker(place: Place) -> Iterator[Locker]:
    locker = Locker(place.path)
    yield locker
    locker.close()
