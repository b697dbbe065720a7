"""Full, read-only, gone, emptied, damaged, swapped: alerts go on, and nothing is lost."""

from __future__ import annotations

import shutil

import pytest

from monserv.clock import SystemClock
from monserv.db import engine, recorder
from monserv.db.engine import Database
from monserv.db.journal import Journal
from tests.db.world import Alerts, Ears, Place, Process
from tests.waiting import eventually, fastest_seconds

pytestmark = pytest.mark.usefixtures("fast_retries")


@pytest.fixture
def pragmas(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the writer says to SQLite on connecting; a test adds what breaks it."""
    pragmas = list(engine._WRITING)
    monkeypatch.setattr(engine, "_WRITING", pragmas)
    return pragmas


@pytest.mark.timed
def test_while_the_database_is_known_to_be_broken_nobody_waits_for_it(
    pragmas: list[str], process: Process, ears: Ears, alerts: Alerts
) -> None:
    pragmas.append("PRAGMA query_only = ON")
    journal = process.begin(ears)

    def announce() -> None:
        journal.record([alerts.raised()])
        assert journal.settle(30)

    announce()
    assert fastest_seconds(announce) < 0.2
    assert {recorded for _, _, recorded in ears.said} == {False}


def test_a_read_only_database_heals_by_itself(
    pragmas: list[str], process: Process, place: Place, ears: Ears, alerts: Alerts
) -> None:
    pragmas.append("PRAGMA query_only = ON")
    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert journal.problem() == f"The database {place.path} cannot be written: it is read-only"
    pragmas.pop()
    assert eventually(lambda: journal.problem() is None)
    assert place.has_once("event-1")
    assert place.without_receipt() == []


def test_a_database_that_cannot_grow_heals_by_itself(
    pragmas: list[str], process: Process, place: Place, ears: Ears, alerts: Alerts
) -> None:
    pages = place.ask("PRAGMA page_count")[0][0]
    pragmas.append(f"PRAGMA max_page_count = {pages}")
    journal = process.begin(ears)
    for _ in range(30):
        journal.record([alerts.raised(message="x" * 1000)])
        assert journal.settle(30)
    assert journal.problem() == f"The disk is full: the database {place.path} cannot grow"
    assert len(ears.said) == 30
    pragmas.pop()
    assert eventually(lambda: journal.problem() is None)
    assert place.has_once(*(f"event-{number}" for number in range(1, 31)))
    assert place.ask("PRAGMA integrity_check") == [("ok",)]


def test_a_database_that_is_gone_is_not_made_anew_and_goes_on_when_it_is_back(
    journal: Journal, place: Place, ears: Ears, alerts: Alerts
) -> None:
    journal.record([alerts.raised()])
    assert journal.settle(30)
    away = place.path.with_name("away")
    place.path.rename(away)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said[1] == ("event-2", "alert", False)
    assert journal.problem() == (
        f"The database {place.path} is gone; put it back, or restart to begin a new one"
    )
    assert not place.path.exists()
    away.rename(place.path)
    assert eventually(lambda: journal.problem() is None)
    assert place.has_once("event-1", "event-2")


def test_a_database_that_was_swapped_for_another_is_noticed(
    journal: Journal, place: Place, new_database: object, alerts: Alerts
) -> None:
    journal.record([alerts.raised()])
    assert journal.settle(30)
    other = place.path.with_name("other")
    shutil.copy(str(new_database), other)
    other.replace(place.path)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert eventually(lambda: ("event-2", "alert") in place.rows())


@pytest.mark.parametrize("damage", [b"", b"This is no database. " * 1000])
def test_damage_is_said_never_overwritten_and_over_when_the_file_is_restored(
    process: Process, place: Place, ears: Ears, alerts: Alerts, *, damage: bytes
) -> None:
    process.begin(ears).record([alerts.raised()])
    process.end()
    good = place.path.with_name("good")
    shutil.copy(place.path, good)
    place.path.write_bytes(damage)

    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said[-1] == ("event-2", "alert", False)
    assert place.path.name in (journal.problem() or "")
    assert place.path.read_bytes() == damage

    good.replace(place.path)
    assert eventually(lambda: journal.problem() is None)
    assert place.has_once("event-1", "event-2")


def test_pages_that_are_damaged_are_never_overwritten(
    process: Process, place: Place, ears: Ears, alerts: Alerts
) -> None:
    process.begin(ears).record([alerts.raised() for _ in range(200)])
    process.end()
    content = place.path.read_bytes()
    damaged = content[:4096] + b"\xff" * (len(content) - 4096)
    place.path.write_bytes(damaged)

    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said[-1] == ("event-201", "alert", False)
    assert journal.problem() == (
        f"The database {place.path} is damaged; move it away or restore a backup"
    )
    assert place.path.read_bytes() == damaged


def test_an_emptied_file_keeps_its_log_and_goes_on_when_its_content_is_back(
    journal: Journal, place: Place, ears: Ears, alerts: Alerts
) -> None:
    journal.record([alerts.raised()])
    assert journal.settle(30)
    content = place.path.read_bytes()
    place.path.write_bytes(b"")
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said[1] == ("event-2", "alert", False)
    assert journal.problem() == (
        f"The database {place.path} is empty; "
        "restore it from a backup, or remove it and restart to begin a new one"
    )
    assert place.path.read_bytes() == b""
    place.path.write_bytes(content)
    assert eventually(lambda: journal.problem() is None)
    assert place.has_once("event-1", "event-2")


def test_stopping_does_not_write_into_an_emptied_file(
    journal: Journal, place: Place, alerts: Alerts
) -> None:
    journal.record([alerts.raised()])
    assert journal.settle(30)
    place.path.write_bytes(b"")
    journal.stop(30)
    assert place.path.read_bytes() == b""
    assert place.path.with_name("monserv.db-wal").stat().st_size > 0


def test_trouble_is_noticed_before_there_is_anything_to_write(
    process: Process, place: Place, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "CHECK_SECONDS", 0.1)
    journal = process.begin(ears)
    away = place.path.with_name("away")
    place.path.rename(away)
    assert eventually(journal.problem)
    away.rename(place.path)
    assert eventually(lambda: journal.problem() is None)


def test_a_start_on_a_broken_database_announces_and_catches_up_later(
    process: Process, place: Place, ears: Ears, alerts: Alerts
) -> None:
    process.begin(ears).record([alerts.raised()])
    process.end()
    place.ask("UPDATE transitions SET announced_at = NULL")
    away = place.path.with_name("away")
    place.path.rename(away)
    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said[1:] == [("event-2", "alert", False)]
    away.rename(place.path)
    assert eventually(lambda: journal.problem() is None)
    assert eventually(lambda: ears.said[2:] != [])
    assert ears.said[2:] == [("event-1", "alert", True)]
    assert place.has_once("event-1", "event-2")
    assert eventually(lambda: place.without_receipt() == [])


def test_a_journal_whose_database_was_closed_announces_all_the_same(
    database: Database, ears: Ears, alerts: Alerts
) -> None:
    journal = Journal(database, ears, SystemClock())
    journal.start()
    database.close()
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said == [("event-1", "alert", False)]
    journal.stop(30)
