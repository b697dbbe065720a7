"""Record first, announce after; and what comes back after a restart."""

from __future__ import annotations

import logging

import pytest

from monserv.db.journal import Journal
from monserv.model.alert import Kind, Resolution, Transition
from tests.db.world import Alerts, Ears, Locker, Place, Process
from tests.waiting import eventually, fastest_seconds

pytestmark = pytest.mark.usefixtures("unhurried")


def test_the_row_is_durable_before_anybody_hears(
    journal: Journal, place: Place, ears: Ears, alerts: Alerts
) -> None:
    seen = []
    ears.when_heard = lambda _: seen.append((place.rows(), place.without_receipt()))
    raised = alerts.raised()
    journal.record([raised])
    assert journal.settle(30)
    assert seen == [([("event-1", "alert")], [("event-1", "alert")])]
    assert ears.heard == [raised]


def test_a_transition_is_announced_with_its_own_words_and_as_recorded(
    journal: Journal, ears: Ears, alerts: Alerts
) -> None:
    raised = alerts.raised()
    recovered = alerts.recovered(raised)
    journal.record([raised, recovered])
    assert journal.settle(30)
    assert ears.heard == [raised, recovered]


@pytest.mark.timed
def test_recording_never_waits_for_the_disk(
    journal: Journal, locker: Locker, alerts: Alerts
) -> None:
    locker.lock()
    hundred = [alerts.raised() for _ in range(100)]
    assert fastest_seconds(lambda: journal.record(hundred)) < 0.05


@pytest.mark.timed
def test_an_alert_is_announced_within_a_tenth_of_a_second(journal: Journal, alerts: Alerts) -> None:
    def announce() -> None:
        journal.record([alerts.raised()])
        assert journal.settle(30)

    announce()
    assert fastest_seconds(announce) < 0.1


def test_receipts_follow_soon(journal: Journal, place: Place, alerts: Alerts) -> None:
    journal.record([alerts.raised(), alerts.raised()])
    assert journal.settle(30)
    assert eventually(lambda: place.without_receipt() == [])
    assert len(place.rows()) == 2


def test_stopping_leaves_everything_recorded_announced_and_with_a_receipt(
    journal: Journal, place: Place, ears: Ears, alerts: Alerts
) -> None:
    journal.record([alerts.raised() for _ in range(1200)])
    journal.stop(30)
    journal.stop(30)
    assert len(ears.heard) == 1200
    assert len(place.rows()) == 1200
    assert place.without_receipt() == []


def test_starting_twice_announces_once(journal: Journal, ears: Ears, alerts: Alerts) -> None:
    journal.start()
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert len(ears.heard) == 1


def test_nothing_is_taken_in_after_the_end(journal: Journal, ears: Ears, alerts: Alerts) -> None:
    journal.stop(30)
    journal.start()
    journal.record([alerts.raised()])
    assert journal.settle(0.2)
    assert ears.heard == []


def test_what_waits_before_the_start_is_recorded_by_it(
    process: Process, place: Place, ears: Ears, alerts: Alerts
) -> None:
    journal = process.begin(ears)
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert place.rows() == [("event-1", "alert")]


def test_what_was_recorded_but_not_announced_is_announced_at_the_start_once(
    process: Process, place: Place, ears: Ears, alerts: Alerts
) -> None:
    raised, other = alerts.raised(item="/var", incarnation="7"), alerts.raised()
    recovered = alerts.recovered(raised, Resolution.GONE)
    journal = process.begin(ears)
    journal.record([raised, other, recovered])
    assert journal.settle(30)
    process.end()
    place.ask("UPDATE transitions SET announced_at = NULL WHERE event_id = 'event-1'")

    second = Ears()
    process.begin(second)
    assert eventually(lambda: second.heard == [raised, recovered])
    assert eventually(lambda: place.without_receipt() == [])
    process.end()

    third = Ears()
    process.begin(third).record([alerts.raised()])
    process.end()
    assert [event_id for event_id, _, _ in third.said] == ["event-3"]


def test_active_alerts_survive_a_restart_with_their_event_id(
    process: Process, ears: Ears, alerts: Alerts
) -> None:
    first = alerts.raised(item="/var")
    second = alerts.raised(id="ssh://nas|disk|/")
    third = alerts.raised(id="ssh://nas|cpu", incarnation="99")
    journal = process.begin(ears)
    journal.record([first, second, third, alerts.recovered(second)])
    assert journal.settle(30)
    assert journal.active_alerts() == (first.alert, third.alert)
    process.end()
    assert process.begin(ears).active_alerts() == (first.alert, third.alert)


def test_the_same_alert_can_have_many_episodes(journal: Journal, alerts: Alerts) -> None:
    first = alerts.raised()
    journal.record([first, alerts.recovered(first)])
    again = alerts.raised()
    journal.record([again])
    assert journal.settle(30)
    assert journal.active_alerts() == (again.alert,)


def test_a_listener_that_fails_neither_ends_the_journal_nor_gets_a_receipt(
    journal: Journal, place: Place, ears: Ears, alerts: Alerts, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(transition: Transition) -> None:
        if transition.alert.event_id == "event-1":
            raise RuntimeError("deaf")

    ears.when_heard = fail
    with caplog.at_level(logging.CRITICAL + 1):
        journal.record([alerts.raised(), alerts.raised()])
        assert journal.settle(30)
    assert [event_id for event_id, _, _ in ears.said] == ["event-2"]
    assert eventually(lambda: place.without_receipt() == [("event-1", "alert")])


def test_text_from_a_hostile_server_is_kept_as_text(
    journal: Journal, ears: Ears, alerts: Alerts
) -> None:
    odd = "\ud800 '; DROP TABLE transitions; -- \x00 <b> \U0001f4be \u202e"
    raised = alerts.raised(hostname=odd, item=odd, message=odd)
    journal.record([raised])
    assert journal.settle(30)
    (kept,) = journal.active_alerts()
    assert kept.message == odd.replace("\ud800", "?").replace("\x00", "?")
    assert [kind for _, kind, _ in ears.said] == [Kind.RAISED]
    assert ears.heard[0].alert.recorded


def test_a_healthy_journal_has_no_problem(journal: Journal, alerts: Alerts) -> None:
    journal.record([alerts.raised()])
    assert journal.settle(30)
    assert journal.problem() is None
