"""What is due is handed out once, what came of it is written, and the next process goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monserv.clock import ManualClock
from monserv.db import outbox as queries
from monserv.db import queries as journal_queries
from monserv.db.engine import Database
from monserv.db.rows import Entry
from monserv.model.alert import Transition
from monserv.model.delivery import Delivery, DeliveryQuery, DeliveryState
from monserv.notify import outbox as outboxes
from monserv.notify.outbox import Outbox
from tests.db.world import NOON, Alerts, Locker, Place
from tests.waiting import eventually

CHANNELS = ("email", "slack")


def store(database: Database, *transitions: Transition, announced: bool = False) -> None:
    entries = [Entry(one, NOON if announced else None) for one in transitions]
    database.write(30, lambda where: journal_queries.store(where, entries, CHANNELS))


def done(one: Delivery, at: Any = NOON) -> Delivery:
    return replace(one, state=DeliveryState.SENT, attempts=one.attempts + 1, finished_at=at)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON + timedelta(minutes=25))


@pytest.fixture
def begin(database: Database, clock: ManualClock) -> Iterator[Callable[..., Outbox]]:
    """Return what makes the outbox of the next process; all are stopped at the end."""
    made: list[Outbox] = []

    def make(channels: tuple[str, ...] = CHANNELS, **more: Any) -> Outbox:
        for one in made:
            one.stop(5)
        outbox = Outbox(database, channels, clock, **more)
        made.append(outbox)
        outbox.start()
        return outbox

    yield make
    for one in made:
        one.stop(5)


def rows(place: Place) -> list[tuple[Any, ...]]:
    return place.ask("SELECT event_id, kind, channel, state, attempts FROM deliveries")


def unrecorded(transition: Transition) -> Transition:
    return replace(transition, alert=replace(transition.alert, recorded=False))


def test_a_transition_and_its_deliveries_are_written_together_and_once(
    database: Database, place: Place, alerts: Alerts
) -> None:
    raised = alerts.raised()
    store(database, raised)
    store(database, raised, announced=True)
    assert rows(place) == [
        ("event-1", "alert", "email", "pending", 0),
        ("event-1", "alert", "slack", "pending", 0),
    ]


def test_what_is_announced_is_handed_out_to_each_channel_once_and_its_receipt_written(
    begin: Callable[..., Outbox], database: Database, place: Place, alerts: Alerts
) -> None:
    outbox, raised = begin(), alerts.raised()
    store(database, raised)
    outbox.take(raised)
    outbox.take(raised)
    one = outbox.next("email", 5)
    assert one is not None
    assert outbox.next("email", 0) is None
    outbox.settle(done(one))
    assert outbox.next("email", 0) is None
    other = outbox.next("slack", 0)
    assert other is not None
    assert (one.event_id, one.subject, other.channel) == ("event-1", raised.subject, "slack")
    assert eventually(lambda: ("event-1", "alert", "email", "sent", 1) in rows(place))
    assert ("event-1", "alert", "slack", "pending", 0) in rows(place)


def test_the_next_process_goes_on_where_this_one_ended(
    begin: Callable[..., Outbox], database: Database, alerts: Alerts
) -> None:
    raised = alerts.raised()
    store(database, raised)
    first = begin()
    one = first.next("email", 5)
    assert one is not None
    first.settle(done(one))
    second = begin()
    # Announced again, since the journal has no receipt of the announcement.
    second.take(raised)
    assert second.next("email", 0) is None
    assert second.next("slack", 0) is not None


def test_a_cooldown_outlives_the_process(
    begin: Callable[..., Outbox], database: Database, alerts: Alerts, clock: ManualClock
) -> None:
    first, recovery = alerts.raised(), None
    recovery = alerts.recovered(first)
    again = alerts.raised()
    store(database, first, recovery, announced=True)
    outbox = begin(("email",))
    for _ in range(2):
        one = outbox.next("email", 5)
        assert one is not None
        outbox.settle(done(one, clock.now()))
    store(database, again)
    outbox = begin(("email",))
    assert outbox.next("email", 0) is None
    clock.advance(29 * 60)
    assert begin(("email",)).next("email", 0) is None
    clock.advance(61)
    told = begin(("email",)).next("email", 0)
    assert told is not None
    assert told.event_id == again.alert.event_id


def test_a_recovery_during_the_cooldown_is_written_down_as_skipped_and_why(
    begin: Callable[..., Outbox], database: Database, alerts: Alerts, clock: ManualClock
) -> None:
    outbox = begin(("email",))
    first = alerts.raised()
    again, over = alerts.raised(), None
    over = alerts.recovered(again)
    outbox.take(first)
    one = outbox.next("email", 0)
    assert one is not None
    outbox.settle(done(one, clock.now()))
    for transition in (again, over):
        outbox.take(transition)
    assert outbox.next("email", 0) is None

    def found() -> list[tuple[str, str | None]]:
        page = database.read(30, lambda where: queries.page(where, DeliveryQuery()))
        return sorted((one.state.value, one.last_error) for one in page.deliveries)

    assert eventually(
        lambda: (
            found()
            == [
                ("sent", None),
                ("skipped", "The alert itself was not told"),
                ("skipped", "The alert recovered during its cooldown"),
            ]
        )
    )


def test_while_the_database_is_locked_alerts_are_handed_out_and_written_when_it_heals(
    begin: Callable[..., Outbox],
    place: Place,
    alerts: Alerts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outboxes, "RETRY_SECONDS", 0.05)
    outbox = begin(("email",))
    locker = Locker(place.path)
    locker.lock()
    try:
        outbox.take(unrecorded(alerts.raised()))
        one = outbox.next("email", 1)
        assert one is not None
        outbox.settle(done(one))
        assert rows(place) == []
    finally:
        locker.close()
    assert eventually(lambda: rows(place) == [("event-1", "alert", "email", "sent", 1)])


def test_a_recorder_that_comes_later_does_not_let_it_be_told_again(
    begin: Callable[..., Outbox], database: Database, place: Place, alerts: Alerts
) -> None:
    outbox, raised = begin(("email",)), alerts.raised()
    outbox.take(unrecorded(raised))
    one = outbox.next("email", 5)
    assert one is not None
    outbox.settle(done(one))
    assert eventually(lambda: len(rows(place)) == 1)
    store(database, raised)
    assert ("event-1", "alert", "email", "sent", 1) in rows(place)
    assert begin(("email",)).next("email", 0) is None


def test_without_a_database_at_the_start_alerts_go_out_and_earlier_ones_follow(
    begin: Callable[..., Outbox],
    database: Database,
    place: Place,
    alerts: Alerts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outboxes, "RETRY_SECONDS", 0.05)
    earlier = alerts.raised(id="ssh://nas|cpu")
    store(database, earlier)
    away = place.path.rename(place.path.with_name("away"))
    outbox = begin(("email",))
    outbox.take(unrecorded(alerts.raised()))
    first = outbox.next("email", 1)
    assert first is not None
    outbox.settle(done(first))
    assert first.event_id == "event-2"
    away.rename(place.path)
    second = outbox.next("email", 5)
    assert second is not None
    assert second.event_id == "event-1"


def test_what_no_channel_is_left_for_is_given_up_and_says_so(
    begin: Callable[..., Outbox], database: Database, place: Place, alerts: Alerts
) -> None:
    store(database, alerts.raised())
    begin(("email",))
    assert place.ask("SELECT channel, last_error FROM deliveries WHERE state = 'failed'") == [
        ("slack", "This channel is no longer configured")
    ]
    begin(())
    assert place.ask("SELECT count(*) FROM deliveries WHERE state = 'failed'") == [(2,)]


def test_what_is_beyond_the_bound_waits_in_the_database(
    begin: Callable[..., Outbox],
    database: Database,
    alerts: Alerts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outboxes, "MAX_OPEN", 4)
    storm = [alerts.raised(id=f"ssh://nas|disk|/{number}") for number in range(11)]
    outbox = begin(("email",))
    store(database, *storm)
    for transition in storm:
        outbox.take(transition)
    told = []
    for _ in storm:
        one = outbox.next("email", 5)
        assert one is not None
        told.append(one.event_id)
        outbox.settle(done(one))
    assert sorted(told) == sorted(one.alert.event_id for one in storm)
    assert outbox.next("email", 0) is None


def test_what_failed_before_is_tried_at_once_by_the_next_process(
    begin: Callable[..., Outbox], database: Database, alerts: Alerts, clock: ManualClock
) -> None:
    store(database, alerts.raised())
    outbox = begin(("email",))
    one = outbox.next("email", 5)
    assert one is not None
    outbox.settle(replace(one, attempts=5, due_at=clock.now() + timedelta(minutes=20)))
    assert outbox.next("email", 0) is None
    again = begin(("email",)).next("email", 0)
    assert again is not None
    assert again.attempts == 5


@pytest.mark.timed
def test_who_waits_is_woken_by_news_and_by_the_end(
    begin: Callable[..., Outbox], alerts: Alerts
) -> None:
    outbox, got = begin(("email",)), list[Delivery | None]()

    def wait_twice() -> None:
        got.append(outbox.next("email", 20))
        got.append(outbox.next("email", 20))

    thread = threading.Thread(target=wait_twice)
    thread.start()
    began_at = time.monotonic()
    outbox.take(unrecorded(alerts.raised()))
    assert eventually(lambda: len(got) == 1)
    outbox.hold()
    thread.join(30)
    assert time.monotonic() - began_at < 5
    assert [one is None for one in got] == [False, True]


def test_a_page_of_the_log_shows_the_newest_first_and_only_what_may_be_seen(
    database: Database, alerts: Alerts
) -> None:
    store(database, alerts.raised(), alerts.raised(server_id="mail", server_url="ssh://mail"))

    def page(**query: Any) -> list[tuple[str, str]]:
        found = database.read(30, lambda where: queries.page(where, DeliveryQuery(**query)))
        return [(one.event_id, one.channel) for one in found.deliveries]

    both = [("event-2", "slack"), ("event-2", "email"), ("event-1", "slack"), ("event-1", "email")]
    assert page() == both
    assert page(channel="email") == [("event-2", "email"), ("event-1", "email")]
    assert page(server_ids=frozenset({"mail"})) == both[:2]
    assert page(server_ids=frozenset()) == []
    assert page(state=DeliveryState.FAILED) == []
    assert page(page=2, page_size=3) == both[3:]
