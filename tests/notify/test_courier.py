"""One channel's troubles are its own: what fails comes again, what hangs stops nobody else."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from monserv import supervised
from monserv.clock import ManualClock, SystemClock
from monserv.db import outbox as queries
from monserv.db.engine import Database
from monserv.db.journal import Journal
from monserv.model.alert import Transition
from monserv.model.channel import NO_CHANNELS
from monserv.model.delivery import DeliveryQuery, DeliveryState, delivery
from monserv.model.settings import Settings
from monserv.notify import courier, retry, routing, tidying
from monserv.notify.notifier import Notifier
from monserv.notify.outbox import Outbox
from monserv.steadiness import STEADY_SECONDS
from tests.db.world import Alerts, Locker, Place
from tests.notify.world import FakeChannel
from tests.waiting import eventually

LATE = "the service does not answer in time"


class Desk:
    """A journal and a notifier on one database, as the runtime puts them together."""

    def __init__(self, database: Database, channels: list[FakeChannel], place: Place) -> None:
        settings = Settings(place.path.parent, place.url, api_host="status.example.net")
        self.notifier = Notifier(
            settings, database, SystemClock(), lambda: self.journal.problem() is not None
        )
        self.journal = Journal(
            database, self.notifier.take, SystemClock(), [one.name for one in channels]
        )
        self.notifier.start()
        self.journal.start()

    def stop(self) -> None:
        self.journal.stop(5)
        self.notifier.stop(5)

    def log(self, **query: object) -> list[tuple[str, str, int]]:
        page = self.notifier.deliveries(replace(DeliveryQuery(), **query))
        return [(one.channel, one.state.value, one.attempts) for one in page.deliveries]


@pytest.fixture
def email() -> FakeChannel:
    return FakeChannel("email")


@pytest.fixture
def slack() -> FakeChannel:
    return FakeChannel("slack")


@pytest.fixture
def desk(
    database: Database,
    place: Place,
    email: FakeChannel,
    slack: FakeChannel,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    monkeypatch.setattr(retry, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(routing, "channels", lambda _: (email, slack))
    made = Desk(database, [email, slack], place)
    yield made
    made.stop()


@pytest.fixture
def now() -> Alerts:
    """Alerts of this very minute."""
    alerts = Alerts()
    alerts.now = SystemClock().now()
    return alerts


def raised(now: Alerts, number: int = 1) -> Transition:
    return now.raised(id=f"ssh://nas|disk|/{number}", triggered_at=SystemClock().now())


def test_an_alert_is_told_through_every_channel_with_a_link(
    desk: Desk, now: Alerts, email: FakeChannel, slack: FakeChannel
) -> None:
    desk.journal.record([raised(now)])
    assert eventually(lambda: email.taken and slack.taken)
    subject, body = email.taken[0]
    assert subject == "[ALERT] scadanas memory high"
    assert "Dashboard: http://status.example.net/" in body
    assert eventually(lambda: desk.log() == [("slack", "sent", 1), ("email", "sent", 1)])


def test_what_is_refused_comes_again_and_is_said_once(
    desk: Desk, now: Alerts, email: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monserv.notify")
    email.error = "the mail server refused the login"
    desk.journal.record([raised(now)])
    assert eventually(lambda: email.asked >= 3)
    (row,) = desk.notifier.deliveries(DeliveryQuery(channel="email")).deliveries
    assert (row.state, row.last_error) == (
        DeliveryState.PENDING,
        "The mail server refused the login",
    )
    email.error = None
    assert eventually(lambda: len(email.taken) == 1)
    assert eventually(lambda: desk.log(channel="email")[0][1] == "sent")
    assert [record.getMessage() for record in caplog.records] == [
        "Notifications through email fail: the mail server refused the login; trying again",
        "Notifications through email work again",
    ]


def test_it_is_given_up_after_a_day_and_the_log_says_so(
    desk: Desk, now: Alerts, email: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "LEAST_ATTEMPTS", 2)
    monkeypatch.setattr(retry, "GIVE_UP_AFTER", retry.GIVE_UP_AFTER * 0)
    email.error = "the service answered 404 (Not Found)"
    desk.journal.record([raised(now)])
    assert eventually(lambda: desk.log(channel="email") == [("email", "failed", 2)])
    assert email.taken == []


@pytest.mark.timed
def test_a_channel_that_hangs_delays_neither_the_journal_nor_the_other_channel(
    desk: Desk,
    now: Alerts,
    email: FakeChannel,
    slack: FakeChannel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courier, "ATTEMPT_SECONDS", 0.3)
    email.hang = threading.Event()
    began_at = time.monotonic()
    desk.journal.record([raised(now, number) for number in range(5)])
    assert desk.journal.settle(2)
    assert eventually(lambda: len(slack.taken) == 5)
    assert time.monotonic() - began_at < 2
    assert eventually(lambda: ("email", "pending", 1) in desk.log(channel="email"))
    email.hang.set()
    email.hang = None
    assert eventually(lambda: len(email.taken) >= 5)
    assert eventually(lambda: {row[1] for row in desk.log()} == {"sent"})


def test_while_the_database_is_locked_people_are_told_once_all_the_same(
    desk: Desk, now: Alerts, email: FakeChannel, place: Place
) -> None:
    locker = Locker(place.path)
    locker.lock()
    try:
        desk.journal.record([raised(now)])
        assert eventually(lambda: len(email.taken) == 1)
        assert place.ask("SELECT count(*) FROM deliveries") == [(0,)]
    finally:
        locker.close()
    assert eventually(lambda: {row[1] for row in desk.log()} == {"sent"})
    assert desk.journal.problem() is None
    assert len(email.taken) == 1


def test_the_threads_have_names_and_the_dead_are_missed(desk: Desk) -> None:
    names = {thread.name for thread in threading.enumerate()}
    assert {"monserv-outbox", "monserv-delivery-1", "monserv-delivery-2"} <= names
    assert "monserv-deliveries" in names
    assert desk.notifier.problems() == ()
    desk.notifier.stop(5)
    assert eventually(lambda: len(desk.notifier.problems()) == 4)


@pytest.fixture
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervised, "FIRST_PAUSE_SECONDS", 0.3)


@pytest.mark.usefixtures("soon_again")
@pytest.mark.parametrize("error", [ValueError("on purpose"), SystemExit(1)])
def test_a_courier_that_dies_with_a_delivery_begins_again_and_brings_it(
    desk: Desk, now: Alerts, email: FakeChannel, slack: FakeChannel, error: BaseException
) -> None:
    email.bug = error
    desk.journal.record([raised(now)])
    assert eventually(
        lambda: desk.notifier.problems() == ("notifications through email have died",)
    )
    email.bug = None
    assert eventually(lambda: len(email.taken) == 1)
    assert eventually(lambda: desk.notifier.problems() == ())
    assert eventually(lambda: desk.log(channel="email") == [("email", "sent", email.asked)])
    assert desk.notifier.restarts() == {"email": email.asked - 1, "slack": 0}
    assert email.asked > 1
    assert len(slack.taken) == 1


@pytest.mark.usefixtures("soon_again")
def test_a_courier_that_cannot_say_how_a_delivery_went_goes_on_once_it_can(
    desk: Desk, now: Alerts, email: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def fail(*_: object) -> None:
            raise KeyError("on purpose")

        broken.setattr(Outbox, "settle", fail)
        desk.journal.record([raised(now)])
        assert eventually(lambda: desk.notifier.restarts()["email"] >= 2)
        # Whatever it dies of, nobody is told again and again meanwhile.
        assert len(email.taken) == 1
    desk.journal.record([raised(now, 2)])
    assert eventually(lambda: {row[1] for row in desk.log(channel="email")} == {"sent"})
    assert eventually(lambda: len(desk.log(channel="email")) == 2)
    assert desk.notifier.problems() == ()


def test_the_log_of_what_was_told_forgets_what_the_settings_say_is_old(
    database: Database, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(SystemClock().now())
    alerts = Alerts()
    old = alerts.raised(), alerts.recovered(alerts.raised(event_id="event-1"))
    for one in old:
        row = replace(delivery(one, "email"), state=DeliveryState.SENT, finished_at=one.at)
        database.write(30, lambda where, row=row: queries.settle(where, [row]))
    monkeypatch.setattr(tidying, "LOOK_SECONDS", 0.05)
    settings = Settings(place.path.parent, place.url, deliveries_days=10.0)
    notifier = Notifier(settings, database, clock)
    notifier.start()
    try:
        assert len(notifier.deliveries(DeliveryQuery()).deliveries) == 2
        clock.advance(STEADY_SECONDS)
        assert eventually(lambda: notifier.deliveries(DeliveryQuery()).total == 0)
    finally:
        notifier.stop(5)


def test_a_channel_is_tried_out_now_and_says_what_happened(desk: Desk, email: FakeChannel) -> None:
    taken = desk.notifier.try_out("email")
    assert taken is not None
    assert taken.error is None
    assert email.taken[0][0] == "[TEST] monserv"
    email.error = "the server refuses connections"
    refused = desk.notifier.try_out("email")
    assert refused is not None
    assert refused.error == "the server refuses connections"
    assert desk.notifier.try_out("pigeon") is None
    assert desk.log() == []


def test_a_second_test_of_a_channel_does_not_wait_for_the_first(
    desk: Desk, email: FakeChannel
) -> None:
    email.hang = threading.Event()
    first = threading.Thread(target=desk.notifier.try_out, args=("email",))
    first.start()
    assert eventually(lambda: email.asked == 1)
    second = desk.notifier.try_out("email")
    assert second is not None
    assert second.error == "a test is under way already; wait for its end"
    email.hang.set()
    first.join(30)


def test_without_channels_nobody_is_told_and_the_log_ages_all_the_same(
    database: Database, place: Place
) -> None:
    notifier = Notifier(Settings(place.path.parent, place.url), database, SystemClock())
    notifier.start()
    assert (notifier.names, notifier.problems()) == ((), ())
    names = {thread.name for thread in threading.enumerate()}
    assert [name for name in names if "outbox" in name or "deliver" in name] == [
        "monserv-deliveries"
    ]
    notifier.stop(1)
    assert notifier.channels == ()
    assert Settings(place.path, place.url).notify == NO_CHANNELS
