"""Monitors on one database, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from monserv.db import engine
from monserv.history import keeper
from tests.db.world import Locker, Place
from tests.history.world import Monitor


@pytest.fixture
def begin(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Monitor]]:
    """Begin a process on the one database."""
    monkeypatch.setattr(keeper, "PAUSE_SECONDS", 0.0)
    # No power fails here, and hundreds of minutes need not wait for the disk.
    hasty = tuple(one.replace("synchronous = FULL", "synchronous = OFF") for one in engine._WRITING)
    monkeypatch.setattr(engine, "_WRITING", hasty)
    begun: list[Monitor] = []

    def start(**how: object) -> Monitor:
        begun.append(Monitor(place, **how))  # type: ignore[arg-type]  # what a test names
        return begun[-1]

    yield start
    for one in begun:
        one.end()


@pytest.fixture
def locker(place: Place) -> Iterator[Locker]:
    locker = Locker(place.path)
    yield locker
    locker.close()
