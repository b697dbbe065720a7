"""The log of notifications forgets what is old, and nothing that later decisions rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monserv.clock import ManualClock
from monserv.db import outbox as outbox_queries
from monserv.db import queries
from monserv.db.engine import Database
from monserv.db.rows import Entry
from monserv.model.alert import Transition
from monserv.model.delivery import Delivery, DeliveryState, delivery
from monserv.notify import tidying
from monserv.notify.tidying import Tidier
from monserv.steadiness import STEADY_SECONDS
from tests.db.world import NOON, Alerts, Locker, Place

DAY = timedelta(days=1)
LATER = NOON + 91 * DAY


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(LATER)


@pytest.fixture
def tidier(database: Database, clock: ManualClock) -> Tidier:
    """Return one whose clock has held for long enough, and which keeps 90 days."""
    made = Tidier(database, clock, 90.0, lambda: False)
    clock.advance(STEADY_SECONDS)
    return made


@pytest.fixture
def told(database: Database) -> Callable[..., None]:
    """Return what puts transitions into the journal, told through ``channels``."""

    def tell(
        *transitions: Transition,
        at: datetime = NOON,
        channels: tuple[str, ...] = ("email",),
        announced: bool = True,
        state: DeliveryState = DeliveryState.SENT,
    ) -> None:
        entries = [Entry(one, at if announced else None) for one in transitions]
        database.write(30, lambda where: queries.store(where, entries, channels))
        rows = [
            replace(
                delivery(one, channel),
                state=state,
                attempts=1,
                finished_at=None if state is DeliveryState.PENDING else at,
            )
            for one in transitions
            for channel in channels
        ]
        database.write(30, lambda where: outbox_queries.settle(where, rows))

    return tell


def left(place: Place) -> list[tuple[str, str]]:
    return place.ask("SELECT event_id, kind FROM deliveries ORDER BY sequence")


def test_what_was_told_long_ago_goes_and_what_was_told_lately_stays(
    tidier: Tidier, told: Callable[..., None], alerts: Alerts, place: Place
) -> None:
    for at in (NOON, LATER - 89 * DAY):
        raised = alerts.raised()
        told(raised, alerts.recovered(raised), at=at)
    assert tidier.turn() == tidying.LOOK_SECONDS
    assert left(place) == [("event-2", "alert"), ("event-2", "recovery")]
    assert len(place.rows()) == 4


def test_whatever_came_of_a_delivery_it_goes_when_it_is_old(
    tidier: Tidier, told: Callable[..., None], alerts: Alerts, place: Place
) -> None:
    for state in (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED):
        raised = alerts.raised()
        told(raised, alerts.recovered(raised), state=state)
    tidier.turn()
    assert left(place) == []


def test_what_is_still_to_be_told_stays_with_the_alert_that_it_ends(
    tidier: Tidier, told: Callable[..., None], alerts: Alerts, place: Place
) -> None:
    raised = alerts.raised()
    told(raised)
    told(alerts.recovered(raised), state=DeliveryState.PENDING)
    tidier.turn()
    assert left(place) == [("event-1", "alert"), ("event-1", "recovery")]


def test_an_alert_that_is_open_for_months_is_known_to_have_been_told(
    tidier: Tidier, told: Callable[..., None], alerts: Alerts, place: Place, database: Database
) -> None:
    told(alerts.raised())
    tidier.turn()
    assert left(place) == [("event-1", "alert")]
    known: tuple[Delivery, ...] = database.read(
        30, lambda where: outbox_queries.remembered(where, "email", LATER, 100)
    )
    assert [one.event_id for one in known] == ["event-1"]


def test_what_the_next_start_announces_again_is_not_told_again(
    tidier: Tidier, told: Callable[..., None], alerts: Alerts, place: Place
) -> None:
    raised = alerts.raised()
    told(raised, alerts.recovered(raised), announced=False)
    tidier.turn()
    assert left(place) == [("event-1", "alert"), ("event-1", "recovery")]


def test_an_episode_of_which_the_journal_knows_nothing_goes_too(
    tidier: Tidier, told: Callable[..., None], alerts: Alerts, place: Place, database: Database
) -> None:
    told(alerts.raised())
    database.write(30, lambda where: where.exec_driver_sql("DELETE FROM transitions").rowcount)
    tidier.turn()
    assert left(place) == []


def test_a_long_past_goes_little_by_little_the_oldest_first(
    tidier: Tidier,
    told: Callable[..., None],
    alerts: Alerts,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tidying, "CHUNK", 4)
    for number in range(5):
        raised = alerts.raised()
        told(raised, alerts.recovered(raised), at=NOON - number * DAY)
    assert tidier.turn() == tidying.BREATH_SECONDS
    assert {event_id for event_id, _ in left(place)} == {"event-1", "event-2", "event-3"}
    assert tidier.turn() == tidying.BREATH_SECONDS
    assert tidier.turn() == tidying.LOOK_SECONDS
    assert left(place) == []


def test_nothing_goes_until_the_clock_has_held_for_a_while(
    tidier: Tidier, told: Callable[..., None], alerts: Alerts, place: Place, clock: ManualClock
) -> None:
    raised = alerts.raised()
    told(raised, alerts.recovered(raised), at=LATER)
    tidier.turn()
    clock._now += 365 * DAY
    tidier.turn()
    assert len(left(place)) == 2
    clock.advance(STEADY_SECONDS)
    tidier.turn()
    assert left(place) == []


def test_a_database_that_is_known_to_be_broken_is_left_alone(
    database: Database, clock: ManualClock, told: Callable[..., None], alerts: Alerts, place: Place
) -> None:
    is_broken = [True]
    tidier = Tidier(database, clock, 90.0, lambda: is_broken[0])
    clock.advance(STEADY_SECONDS)
    raised = alerts.raised()
    told(raised, alerts.recovered(raised))
    assert tidier.turn() == tidying.LOOK_SECONDS
    assert len(left(place)) == 2
    is_broken[0] = False
    tidier.turn()
    assert left(place) == []


def test_one_that_is_locked_is_tidied_later(
    tidier: Tidier, told: Callable[..., None], alerts: Alerts, place: Place, locker: Locker
) -> None:
    raised = alerts.raised()
    told(raised, alerts.recovered(raised))
    locker.lock()
    assert tidier.turn() == tidying.LOOK_SECONDS
    locker.unlock()
    assert len(left(place)) == 2
    tidier.turn()
    assert left(place) == []
