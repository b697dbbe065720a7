"""Real file systems that are full or read-only, and how the journal gets over it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.clock import SystemClock
from monserv.db.engine import Database
from monserv.db.journal import Journal
from monserv.db.migrate import migrate
from monserv.errors import StorageError
from tests.db.world import Alerts, Ears, Place, Process
from tests.real.machines import SmallDisk, run
from tests.waiting import eventually

# Alone, because every server on this machine sees the disk, and would raise an alert.
pytestmark = [pytest.mark.real, pytest.mark.alone, pytest.mark.usefixtures("fast_retries")]
BLOCK = bytes(4096)


@pytest.fixture
def small_disk(machine_room: Path) -> Iterator[Path]:
    disk = SmallDisk(machine_room)
    try:
        yield disk.mountpoint
    finally:
        disk.remove()


@pytest.fixture
def disk_place(small_disk: Path) -> Place:
    shutil.rmtree(small_disk / "data", ignore_errors=True)
    (small_disk / "data").mkdir()
    return Place(small_disk / "data" / "monserv.db")


@pytest.fixture
def process(disk_place: Place) -> Iterator[Process]:
    process = Process(disk_place)
    yield process
    process.end()


@pytest.fixture
def ballast(small_disk: Path) -> Iterator[Path]:
    ballast = small_disk / "ballast"
    yield ballast
    ballast.unlink(missing_ok=True)


def fill(ballast: Path) -> None:
    """Take every block that is left."""
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(BLOCK):
            pass
    assert shutil.disk_usage(ballast).free < len(BLOCK)


def test_a_full_disk_loses_nothing_and_heals_by_itself(
    process: Process, disk_place: Place, ballast: Path, ears: Ears, alerts: Alerts
) -> None:
    migrate(disk_place.url)
    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert len(journal.active_alerts()) == 1
    fill(ballast)
    for _ in range(20):
        journal.record([alerts.raised(message="x" * 2000)])
        assert journal.settle(30)
    assert journal.problem() == f"The disk is full: the database {disk_place.path} cannot grow"
    assert len(ears.said) == 21
    assert ears.said[0] == ("event-1", "alert", True)
    assert ears.said[-1] == ("event-21", "alert", False)
    recorded = [event_id for event_id, _, is_recorded in ears.said if is_recorded]
    assert [alert.event_id for alert in journal.active_alerts()][: len(recorded)] == recorded

    ballast.unlink()
    assert eventually(lambda: journal.problem() is None)
    assert disk_place.has_once(*(f"event-{number}" for number in range(1, 22)))
    assert disk_place.ask("PRAGMA integrity_check") == [("ok",)]
    assert len(ears.said) == 21


def test_a_start_on_a_full_disk_announces_and_heals_by_itself(
    process: Process, disk_place: Place, ballast: Path, ears: Ears, alerts: Alerts
) -> None:
    migrate(disk_place.url)
    fill(ballast)
    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said == [("event-1", "alert", False)]
    assert str(disk_place.path) in (journal.problem() or "")
    ballast.unlink()
    assert eventually(lambda: journal.problem() is None)
    assert disk_place.has_once("event-1")


def test_a_database_is_not_made_by_halves_on_a_full_disk(disk_place: Place, ballast: Path) -> None:
    fill(ballast)
    with pytest.raises(StorageError) as refusal:
        migrate(disk_place.url)
    assert str(refusal.value) == f"The disk is full: the database {disk_place.path} cannot grow"
    assert list(disk_place.path.parent.iterdir()) == []
    ballast.unlink()
    migrate(disk_place.url)
    assert disk_place.rows() == []


def test_a_read_only_disk_is_said_and_over_when_it_can_be_written_again(
    process: Process, disk_place: Place, small_disk: Path, ears: Ears, alerts: Alerts
) -> None:
    migrate(disk_place.url)
    run("mount", "-o", "remount,ro", str(small_disk))
    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said == [("event-1", "alert", False)]
    problem = journal.problem()
    run("mount", "-o", "remount,rw", str(small_disk))
    assert problem == f"The database {disk_place.path} cannot be written: it is read-only"
    assert eventually(lambda: journal.problem() is None)
    assert disk_place.has_once("event-1")


def test_what_is_open_is_known_at_a_start_on_a_full_disk(
    process: Process, disk_place: Place, ballast: Path, ears: Ears, alerts: Alerts
) -> None:
    migrate(disk_place.url)
    journal = process.begin(ears)
    raised = alerts.raised()
    journal.record([raised])
    assert journal.settle(30)
    assert eventually(lambda: disk_place.without_receipt() == [])
    # As a pulled plug leaves it: all of it still in the write-ahead log.
    with tempfile.TemporaryDirectory() as kept:
        for path in disk_place.path.parent.iterdir():
            shutil.copy(path, kept)
        process.end()
        for path in Path(kept).iterdir():
            shutil.copy(path, disk_place.path.parent)
    assert disk_place.path.with_name("monserv.db-wal").stat().st_size > 0
    fill(ballast)

    database = Database(disk_place.url)
    heir = Journal(database, ears, SystemClock())
    try:
        assert heir.active_alerts() == (raised.alert,)
        heir.start()
        heir.record([alerts.recovered(raised)])
        assert heir.settle(30)
        assert ears.said[-1] == ("event-1", "recovery", False)
        ballast.unlink()
        assert eventually(lambda: heir.problem() is None)
        assert heir.active_alerts() == ()
    finally:
        heir.stop(30)
        database.close()
    assert disk_place.rows() == [("event-1", "alert"), ("event-1", "recovery")]
