"""A full disk: live numbers go on, and what memory still has is written once there is room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monserv.db.migrate import migrate
from monserv.history import keeper
from tests.db.test_journal_disk import fill
from tests.db.world import Place
from tests.history.world import EPOCH, Monitor
from tests.real.machines import SmallDisk

# Alone, because every server on this machine sees the disk, and would raise an alert.
pytestmark = [pytest.mark.real, pytest.mark.alone]


@pytest.fixture
def disk(machine_room: Path) -> Iterator[Path]:
    disk = SmallDisk(machine_room)
    try:
        yield disk.mountpoint
    finally:
        disk.remove()


def test_minutes_on_a_full_disk_are_written_once_there_is_room(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "PAUSE_SECONDS", 0.0)
    place = Place(disk / "history" / "monserv.db")
    migrate(place.url)
    monitor = Monitor(place, interval_seconds=60.0)
    ballast = disk / "ballast"
    try:
        monitor.minutes([1.0] * 2)
        fill(ballast)
        for cpu in (2.0, 3.0):
            monitor.poll(cpu)
            monitor.clock.advance(6)
            monitor.keeper._guarded(monitor.keeper.turn)
            monitor.clock.advance(-6)
        assert monitor.keeper.problem == f"The disk is full: the database {place.path} cannot grow"
        assert monitor.ask(EPOCH, EPOCH + timedelta(minutes=4)).tier == "memory"
        ballast.unlink()
        monitor.minutes([4.0])
        found = monitor.cpu(EPOCH, EPOCH + timedelta(minutes=5), step_seconds=60)
        assert found == [1.0, 1.0, 2.0, 3.0, 4.0]
    finally:
        ballast.unlink(missing_ok=True)
        monitor.end()
