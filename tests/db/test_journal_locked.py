"""Another program holds the lock, or the disk hangs: alerts go on, and nothing is lost."""

from __future__ import annotations

import logging
import threading
import time

import pytest
from gevent import monkey

from monserv.clock import SystemClock
from monserv.db import recorder
from monserv.db.engine import Database
from monserv.db.journal import Journal
from monserv.db.rows import RAISED_UNRECORDED
from tests.db.world import Alerts, Ears, Locker, Place, Process
from tests.waiting import eventually

native_sleep = monkey.get_original("time", "sleep")


@pytest.mark.timed
def test_what_a_locked_database_does_not_take_is_announced_in_a_second_and_written_later_once(
    journal: Journal, locker: Locker, place: Place, ears: Ears, alerts: Alerts
) -> None:
    journal.record([alerts.raised()])
    assert journal.settle(30)
    locker.lock()
    began_at = time.monotonic()
    journal.record([alerts.raised(), alerts.raised()])
    assert journal.settle(30)
    assert 0.5 < time.monotonic() - began_at < 1.1
    assert ears.said[1:] == [("event-2", "alert", False), ("event-3", "alert", False)]
    assert journal.problem() == f"The database {place.path} is locked by another program"
    assert place.has_once("event-1")

    locker.unlock()
    assert eventually(lambda: journal.problem() is None)
    assert place.has_once("event-1", "event-2", "event-3")
    assert place.without_receipt() == []
    assert len(ears.said) == 3


@pytest.mark.timed
def test_a_start_while_the_database_is_locked_announces_in_a_second_and_heals(
    process: Process, locker: Locker, place: Place, ears: Ears, alerts: Alerts
) -> None:
    locker.lock()
    began_at = time.monotonic()
    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert time.monotonic() - began_at < 1.1
    assert ears.said == [("event-1", "alert", False)]
    assert journal.problem() == f"The database {place.path} is locked by another program"
    locker.unlock()
    assert eventually(lambda: journal.problem() is None)
    assert place.has_once("event-1")
    assert len(ears.said) == 1


@pytest.mark.timed
def test_a_short_lock_is_waited_for(
    journal: Journal, locker: Locker, ears: Ears, alerts: Alerts
) -> None:
    locker.lock()
    locker.unlock_after(0.6)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert ears.said == [("event-1", "alert", True)]
    assert journal.problem() is None


def test_what_is_owed_is_written_before_what_comes_after(
    journal: Journal, locker: Locker, place: Place, alerts: Alerts
) -> None:
    locker.lock()
    journal.record([alerts.raised()])
    assert journal.settle(30)
    journal.record([alerts.raised()])
    locker.unlock()
    assert eventually(lambda: journal.problem() is None)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert place.has_once("event-1", "event-2", "event-3")


def test_an_episode_that_ended_while_the_database_was_locked_is_written_whole(
    journal: Journal, locker: Locker, place: Place, ears: Ears, alerts: Alerts
) -> None:
    locker.lock()
    raised = alerts.raised()
    journal.record([raised, alerts.recovered(raised)])
    assert journal.settle(30)
    locker.unlock()
    assert eventually(lambda: journal.problem() is None)
    assert place.rows() == [("event-1", "alert"), ("event-1", "recovery")]
    assert [recorded for _, _, recorded in ears.said] == [False, False]
    assert journal.active_alerts() == ()


@pytest.mark.timed
def test_a_write_that_hangs_is_announced_in_time_and_not_written_twice(
    database: Database, place: Place, ears: Ears, alerts: Alerts
) -> None:
    journal = Journal(database, ears, SystemClock())
    hanging = threading.Thread(
        target=lambda: database.write(60, lambda _: native_sleep(1.6)), daemon=True
    )
    journal.start()
    hanging.start()
    time.sleep(0.1)
    began_at = time.monotonic()
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert time.monotonic() - began_at < 1.1
    assert ears.said == [("event-1", "alert", False)]
    hanging.join(30)
    assert eventually(lambda: journal.problem() is None)
    assert place.has_once("event-1")
    assert len(ears.said) == 1
    journal.stop(30)


@pytest.mark.timed
def test_past_the_bound_the_oldest_are_forgotten_and_the_log_says_how_many(
    few_owed: None,
    journal: Journal,
    locker: Locker,
    alerts: Alerts,
    *,
    place: Place,
    caplog: pytest.LogCaptureFixture,
) -> None:
    locker.lock()
    transitions = [alerts.raised() for _ in range(8)]
    with caplog.at_level(logging.WARNING):
        journal.record(transitions)
        assert journal.settle(30)
        locker.unlock()
        assert eventually(lambda: journal.problem() is None)
    assert place.has_once(*(f"event-{number}" for number in range(4, 9)))
    broken, healed = [record.getMessage() for record in caplog.records]
    assert broken == (
        f"The database {place.path} is locked by another program; "
        "alerts go on and are recorded when it works again"
    )
    assert healed == "The database works again; 3 alert records are lost"

    journal.record([alerts.recovered(transitions[0])])
    assert journal.settle(30)
    assert place.ask("SELECT kind, reason FROM transitions WHERE event_id = 'event-1'") == [
        ("alert", RAISED_UNRECORDED),
        ("recovery", "clearly below the threshold again"),
    ]


@pytest.fixture
def few_owed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MAX_OWED", 5)


@pytest.mark.timed
def test_stopping_is_bounded_while_the_database_is_locked(
    journal: Journal, locker: Locker, ears: Ears, alerts: Alerts
) -> None:
    locker.lock()
    journal.record([alerts.raised()])
    began_at = time.monotonic()
    journal.stop(2.0)
    assert time.monotonic() - began_at < 2.0
    assert ears.said == [("event-1", "alert", False)]


def test_an_episode_counts_as_recorded_once_its_row_is_durable(
    journal: Journal, locker: Locker, alerts: Alerts
) -> None:
    locker.lock()
    raised = alerts.raised()
    journal.record([raised, alerts.recovered(alerts.raised())])
    assert not journal.is_recorded(raised.alert.event_id)
    assert journal.settle(30)
    assert not journal.is_recorded(raised.alert.event_id)
    locker.unlock()
    assert eventually(lambda: journal.is_recorded(raised.alert.event_id))


def test_what_an_earlier_process_recorded_counts_as_recorded(journal: Journal) -> None:
    assert journal.is_recorded("event-of-an-earlier-process")
