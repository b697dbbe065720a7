from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from monserv.errors import StorageError, StorageTimeout
from monserv.model.alert import AlertType, Severity
from monserv.model.history import HistoryQuery
from tests.golden import world
from tests.web.site import Site

ALERTS = "/api/v1/alerts"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
SCADANAS = quote(world.SCADANAS.url, safe="")


def wrong(site: Site, query: str) -> dict[str, Any]:
    """Return what is wrong with each parameter of a refused query."""
    # Another test may have asked the same site.
    site.runtime.journal.asked = None
    answer = site.get(f"{ALERTS}?{query}")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"] == "A parameter has a value that it cannot have."
    assert site.runtime.journal.asked is None
    return dict(answer.json["errors"])


def test_the_active_alerts_are_a_list_newest_first(site: Site) -> None:
    assert site.get(f"{ALERTS}/active").text == world.text("alerts_active.json")


def test_without_an_active_alert_the_list_is_empty(site: Site) -> None:
    site.runtime.state.now = replace(world.SNAPSHOT, servers={})
    assert site.document(f"{ALERTS}/active") == {
        "success": True,
        "message": "0 active alerts",
        "data": [],
    }


def test_the_history_is_a_page_of_the_journal(site: Site) -> None:
    assert site.get(f"{ALERTS}?page=3&page_size=10").text == world.text("alerts_page.json")


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", HistoryQuery()),
        ("state=active", HistoryQuery(active=True)),
        ("state=resolved", HistoryQuery(active=False)),
        ("server=scadanas", HistoryQuery(server_id="scadanas")),
        (f"server={SCADANAS}", HistoryQuery(server_id="scadanas")),
        ("server=ssh://scada:secret@10.0.0.3:2222", HistoryQuery(server_id="scadanas")),
        ("server=removed-long-ago", HistoryQuery(server_id="removed-long-ago")),
        ("server=' OR 1=1 --", HistoryQuery(server_id="' OR 1=1 --")),
        ("type=disk", HistoryQuery(type=AlertType.DISK)),
        ("type=host_key", HistoryQuery(type=AlertType.HOST_KEY)),
        ("severity=warning", HistoryQuery(severity=Severity.WARNING)),
        ("from=2026-01-01T00:00:00Z", HistoryQuery(triggered_from=NEW_YEAR)),
        ("to=2026-01-01T02:00:00%2B02:00", HistoryQuery(triggered_to=NEW_YEAR)),
        ("from=2026-01-01T02:00:00+02:00", HistoryQuery(triggered_from=NEW_YEAR)),
        (
            "from=2026-01-01T00:00:00Z&to=2025-12-31T19:00:00-05:00",
            HistoryQuery(triggered_from=NEW_YEAR, triggered_to=NEW_YEAR),
        ),
        ("text=%2Fsrv", HistoryQuery(text="/srv")),
        ("page=2&page_size=1", HistoryQuery(page=2, page_size=1)),
        ("page=1000000&page_size=1000", HistoryQuery(page=1_000_000, page_size=1000)),
        ("state=&server=&type=&severity=&from=&to=&text=&page=&page_size=", HistoryQuery()),
    ],
)
def test_a_filter_reaches_the_journal(site: Site, query: str, asked: HistoryQuery) -> None:
    assert site.get(f"{ALERTS}?{query}").status_code == 200
    assert site.runtime.journal.asked == asked


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("state=open", "state"),
        ("type=Memory", "type"),
        ("severity=*", "severity"),
        ("from=yesterday", "from"),
        ("from=2026-01-01", "from"),
        ("from=2026-01-01T00:00:00", "from"),
        ("to=2026-13-01T00:00:00Z", "to"),
        ("to=99999-01-01T00:00:00Z", "to"),
        ("to=1767225600", "to"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        ("to=9999-12-31T23:59:59-14:00", "to"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from"),
        ("server=" + "a" * 1025, "server"),
        ("text=" + "a" * 257, "text"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=1000001", "page"),
        ("page=1.0", "page"),
        ("page=1e3", "page"),
        ("page= 1", "page"),
        ("page=0x10", "page"),
        ("page=%D9%A3", "page"),
        ("page=%C2%B2", "page"),
        ("page_size=0", "page_size"),
        ("page_size=1001", "page_size"),
        ("page_size=" + "9" * 5000, "page_size"),
        ("page_size=%00", "page_size"),
        ("page_size=NaN", "page_size"),
        ("sort=subject", "sort"),
        ("FROM=2026-01-01T00:00:00Z", "FROM"),
        ("from_=2026-01-01T00:00:00Z", "from_"),
    ],
)
def test_a_value_that_cannot_be_is_422_and_names_its_parameter(
    shared_site: Site, query: str, name: str
) -> None:
    assert list(wrong(shared_site, query)) == [name]


def test_all_that_is_wrong_is_said_at_once(site: Site) -> None:
    assert wrong(site, "page=0&page_size=1001&state=open&sort=1") == {
        "page": ["Must be greater than or equal to 1 and less than or equal to 1000000."],
        "page_size": ["Must be greater than or equal to 1 and less than or equal to 1000."],
        "state": ["Must be one of: active, resolved."],
        "sort": ["Unknown field."],
    }


@pytest.mark.parametrize("error", [StorageError, StorageTimeout])
def test_while_the_database_does_not_answer_the_history_is_503_and_says_why(
    site: Site, error: type[StorageError]
) -> None:
    site.runtime.journal.error = error("the disk is full")
    answer = site.get(ALERTS)
    assert answer.status_code == 503
    assert answer.json == {
        "success": False,
        "error": "The disk is full.",
        "code": 503,
        "errors": {},
    }
    assert site.get(f"{ALERTS}/active").status_code == 200
