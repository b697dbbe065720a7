"""What the history lists, in which order and how many; and that storing twice is storing once."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from monserv.db import queries
from monserv.db.engine import Database
from monserv.db.rows import Entry
from monserv.model.alert import AlertType, Resolution, Severity, Transition
from monserv.model.history import MAX_PAGE_SIZE, HistoryPage, HistoryQuery
from tests.db.world import NOON, Alerts, Place


def store(database: Database, *transitions: Transition) -> None:
    entries = [Entry(transition) for transition in transitions]
    database.write(30, lambda connection: queries.store(connection, entries))


def history(database: Database, **fields: object) -> HistoryPage:
    query = replace(HistoryQuery(), **fields)
    return database.read(30, lambda connection: queries.history(connection, query))


def listed(database: Database, **fields: object) -> list[str]:
    page = history(database, **fields)
    assert page.total == len(page.alerts)
    return [alert.event_id for alert in page.alerts]


@pytest.fixture
def four(database: Database, alerts: Alerts) -> list[Transition]:
    """Four episodes of two servers, a minute apart; the first and the third have ended."""
    raised = [
        alerts.raised(type=AlertType.DISK, item="/var"),
        alerts.raised(type=AlertType.CPU, severity=Severity.WARNING),
        alerts.raised(server_id="web", server_url="ssh://web", hostname="web"),
        alerts.raised(server_id="web", type=AlertType.CPU, severity=Severity.WARNING),
    ]
    ended = [alerts.recovered(raised[0], Resolution.GONE), alerts.recovered(raised[2])]
    store(database, *raised, *ended)
    return [ended[0], raised[1], ended[1], raised[3]]


def test_an_empty_history_is_an_empty_page(database: Database) -> None:
    assert history(database) == HistoryPage(alerts=(), total=0)


def test_episodes_come_newest_first_and_whole(database: Database, four: list[Transition]) -> None:
    newest_first = tuple(transition.alert for transition in reversed(four))
    assert history(database) == HistoryPage(alerts=newest_first, total=4)


def test_episodes_of_the_same_instant_come_in_the_order_of_their_recording(
    database: Database, alerts: Alerts
) -> None:
    store(database, *(alerts.raised(triggered_at=NOON) for _ in range(3)))
    assert listed(database) == ["event-3", "event-2", "event-1"]


def test_storing_leaves_nothing_that_only_the_search_for_garbage_would_end(
    database: Database, alerts: Alerts
) -> None:
    raised = [alerts.raised() for _ in range(2)]
    for one in raised:
        gc.collect()
        store(database, one, alerts.recovered(one))
    assert gc.collect() == 0


@pytest.mark.parametrize(
    ("fields", "event_ids"),
    [
        ({"active": True}, ["event-4", "event-2"]),
        ({"active": False}, ["event-3", "event-1"]),
        ({"server_id": "web"}, ["event-4", "event-3"]),
        ({"server_id": "nobody"}, []),
        ({"seen_ids": frozenset({"web", "gone"})}, ["event-4", "event-3"]),
        ({"seen_ids": frozenset({"web"}), "server_id": "nas"}, []),
        ({"seen_ids": frozenset()}, []),
        ({"type": AlertType.CPU}, ["event-4", "event-2"]),
        ({"severity": Severity.CRITICAL}, ["event-3", "event-1"]),
        ({"triggered_from": NOON + timedelta(minutes=3)}, ["event-4", "event-3"]),
        ({"triggered_to": NOON + timedelta(minutes=2)}, ["event-2", "event-1"]),
        (
            {
                "triggered_from": NOON + timedelta(minutes=2),
                "triggered_to": NOON + timedelta(minutes=2),
            },
            ["event-2"],
        ),
        ({"server_id": "web", "active": True, "type": AlertType.CPU}, ["event-4"]),
        ({"server_id": "web", "active": True, "type": AlertType.DISK}, []),
        ({"server_id": "' OR 1=1 --"}, []),
        ({"text": "WEB"}, ["event-4", "event-3"]),
        ({"text": "w%b"}, []),
        ({"text": "w_b"}, []),
        ({"text": "' OR 1=1 --"}, []),
    ],
)
def test_filters_narrow_the_list_and_the_total(
    database: Database, four: list[Transition], fields: dict[str, object], event_ids: list[str]
) -> None:
    assert listed(database, **fields) == event_ids


@pytest.mark.parametrize(
    ("page", "page_size", "event_ids"),
    [
        (1, 3, ["event-4", "event-3", "event-2"]),
        (2, 3, ["event-1"]),
        (3, 3, []),
        (10**30, 1000, []),
        (1, 0, []),
        (0, 2, ["event-4", "event-3"]),
    ],
)
def test_pages_share_one_total(
    database: Database, four: list[Transition], *, page: int, page_size: int, event_ids: list[str]
) -> None:
    found = history(database, page=page, page_size=page_size)
    assert [alert.event_id for alert in found.alerts] == event_ids
    assert found.total == 4


def test_no_page_is_larger_than_the_bound(database: Database, alerts: Alerts) -> None:
    store(database, *(alerts.raised() for _ in range(MAX_PAGE_SIZE + 1)))
    found = history(database, page_size=10**9)
    assert (len(found.alerts), found.total) == (MAX_PAGE_SIZE, MAX_PAGE_SIZE + 1)


def test_a_page_of_a_long_history_is_found_with_an_index(place: Place) -> None:
    plan = place.ask(
        "EXPLAIN QUERY PLAN SELECT * FROM transitions WHERE kind = 'alert' "
        "ORDER BY triggered_at DESC, sequence DESC LIMIT 100"
    )
    assert [row[3] for row in plan] == ["SCAN transitions USING INDEX ix_transitions_raised"]


def test_active_episodes_come_oldest_first(database: Database, four: list[Transition]) -> None:
    assert database.read(30, queries.active) == (four[1].alert, four[3].alert)


def test_storing_again_changes_nothing(
    database: Database, place: Place, four: list[Transition], alerts: Alerts
) -> None:
    everything = "SELECT * FROM transitions ORDER BY sequence"
    before = place.ask(everything)
    store(database, *four)
    assert place.ask(everything) == before


def test_the_first_receipt_stays(database: Database, place: Place, alerts: Alerts) -> None:
    raised = alerts.raised()
    receipts = []
    for receipt in (None, NOON, None, NOON + timedelta(hours=1)):
        entries = [Entry(raised, receipt)]
        database.write(30, partial(queries.store, entries=entries))
        receipts += place.ask("SELECT announced_at FROM transitions")
    noon = int(NOON.timestamp()) * 10**6
    assert receipts == [(None,), (noon,), (noon,), (noon,)]


def test_what_has_no_receipt_is_found_in_the_order_of_its_recording(
    database: Database, alerts: Alerts
) -> None:
    first, second = alerts.raised(), alerts.raised(item="/var", incarnation="7")
    gone = alerts.recovered(second, Resolution.GONE)
    told = Entry(alerts.raised(), NOON)
    entries = [Entry(second), told, Entry(first), Entry(gone)]
    database.write(30, partial(queries.store, entries=entries))
    found = database.read(30, partial(queries.unannounced, limit=10))
    assert found == (second, first, gone)
    assert database.read(30, partial(queries.unannounced, limit=1)) == (second,)


def test_a_recovery_whose_raising_was_never_written_brings_it_along(
    database: Database, place: Place, alerts: Alerts
) -> None:
    raised = alerts.raised(item="/var")
    recovered = alerts.recovered(raised)
    store(database, recovered)
    assert history(database) == HistoryPage(alerts=(recovered.alert,), total=1)
    assert place.without_receipt() == [("event-1", "recovery")]
