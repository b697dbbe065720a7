"""A database that is locked, full or damaged: minutes are made up for, and nobody waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from monserv.db import engine
from monserv.errors import StorageError
from tests.db.world import Locker, Place
from tests.history.world import EPOCH, Monitor

Begin = Callable[..., Monitor]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_SECONDS", 0.05)


def turn(monitor: Monitor) -> None:
    """Do what the thread does."""
    monitor.clock.advance(6)
    monitor.keeper._guarded(monitor.keeper.turn)
    monitor.clock.advance(-6)


def test_minutes_in_which_it_was_locked_are_written_later(
    begin: Begin, locker: Locker, caplog: pytest.LogCaptureFixture
) -> None:
    monitor = begin()
    monitor.minutes([1.0])
    locker.lock()
    for cpu in (2.0, 3.0, 4.0):
        for _ in range(3):
            monitor.poll(cpu)
        turn(monitor)
    assert "locked by another program" in (monitor.keeper.problem or "")
    locker.unlock()
    for _ in range(3):
        monitor.poll(5.0)
    turn(monitor)
    assert monitor.keeper.problem is None
    found = monitor.cpu(EPOCH, EPOCH + 5 * MINUTE, step_seconds=60)
    assert found == [1.0, 2.0, 3.0, 4.0, 5.0]
    said = [record.levelno for record in caplog.records]
    assert said == [logging.WARNING, logging.WARNING]


def test_what_memory_holds_no_more_is_a_gap(begin: Begin, place: Place) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([1.0])
    hidden = place.path.with_name("hidden")
    place.path.rename(hidden)
    for _ in range(40):
        monitor.poll(2.0)
        turn(monitor)
    with pytest.raises(StorageError, match="is gone"):
        monitor.ask(EPOCH, EPOCH + 40 * MINUTE)
    recent = monitor.ask(monitor.clock.now() - 10 * MINUTE, monitor.clock.now())
    assert (recent.tier, len(recent.at)) == ("memory", 10)
    hidden.rename(place.path)
    monitor.minutes([3.0])
    found = monitor.cpu(EPOCH, EPOCH + 42 * MINUTE, step_seconds=60)
    assert found == [1.0, *[None] * 26, *[2.0] * 14, 3.0]


def test_another_database_in_its_place_gets_series_of_its_own(begin: Begin, place: Place) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([1.0] * 2)
    other = begin_other(place)
    monitor.minutes([2.0] * 2)
    rows = "SELECT count(*) FROM history_points WHERE series NOT IN (SELECT id FROM history_series)"
    assert other.ask(rows) == [(0,)]
    assert monitor.cpu(EPOCH + 2 * MINUTE, EPOCH + 4 * MINUTE, step_seconds=60) == [2.0, 2.0]


def begin_other(place: Place) -> Place:
    """Put an empty database in the place of the one that is there."""
    from monserv.db.migrate import migrate

    elsewhere = Place(place.path.with_name("elsewhere.db"))
    migrate(elsewhere.url)
    for suffix in ("-wal", "-shm"):
        place.path.with_name(place.path.name + suffix).unlink(missing_ok=True)
    elsewhere.path.replace(place.path)
    return place


def test_a_block_that_is_damaged_is_a_gap_and_said(
    begin: Begin, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([1.0] * 62)
    place.ask("UPDATE history_blocks SET points = x'00ff' WHERE series = 1")
    found = monitor.ask(EPOCH, EPOCH + 60 * MINUTE, step_seconds=60)
    assert list(found.metrics["cpu_used_percent"].average) == [None] * 60
    assert list(found.metrics["memory_used_percent"].average) == [50.0] * 60
    assert "a block of history cannot be read" in caplog.text


def test_the_log_of_what_is_written_stays_small(begin: Begin, place: Place) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([float(minute) for minute in range(65)])
    log = place.path.with_name(place.path.name + "-wal")
    assert log.stat().st_size < 5_000_000


def test_a_mount_point_that_no_database_can_hold_is_kept_all_the_same(begin: Begin) -> None:
    from tests.samples import disk, sample

    monitor = begin(interval_seconds=60.0)
    name = "/mnt/\ud800\0"
    for _ in range(2):
        monitor.poll(None, sample(at=monitor.clock.now(), disks=(disk(name, 30.0),)))
        monitor.turn()
    found = monitor.ask(EPOCH, EPOCH + 2 * MINUTE, step_seconds=60)
    assert list(found.disks["/mnt/??"]["disk_used_percent"].average) == [30.0, 30.0]


def test_a_bug_is_said_and_history_goes_on(
    begin: Begin, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitor = begin()
    with monkeypatch.context() as patched:
        patched.setattr(monitor.keeper, "_servers", lambda: None)
        monitor.poll(1.0)
        turn(monitor)
    assert "history stumbled and goes on" in caplog.text
    monitor.minutes([2.0])
    assert monitor.keeper.problem is None


def test_what_memory_holds_is_seen_while_nothing_can_be_read(begin: Begin, place: Place) -> None:
    one = begin()
    one.minutes([1.0])
    one.end()
    two = begin(at=one.clock.now())
    for _ in range(6):
        two.poll(2.0)
    place.path.write_bytes(b"no database" * 1000)
    found = two.ask(EPOCH, EPOCH + 3 * MINUTE)
    assert (found.tier, list(found.metrics["cpu_used_percent"].average)) == ("memory", [2.0] * 6)
