"""The event stream as an ordinary answer: headers, refusals, and a single event."""

from __future__ import annotations

import json

import pytest
from werkzeug.test import TestResponse

from tests.golden import world
from tests.web.site import Site

PATH = "/api/v1/sse/dashboard"


def data(answer: TestResponse) -> bytes:
    """Return the data of the only event of an answer that ended."""
    hint, event, end = answer.data.split(b"\n\n")
    name, identity, line = event.split(b"\n")
    assert hint.startswith(b"retry: ")
    assert (name, identity, end) == (b"event: dashboard", b"id: e1-7", b"")
    return line.removeprefix(b"data: ")


def test_where_nobody_hands_over_the_connection_one_event_comes_and_the_reader_asks_again(
    site: Site,
) -> None:
    answer = site.get(PATH)
    assert (answer.status_code, answer.content_type) == (200, "text/event-stream")
    document = json.loads(data(answer))
    assert document.pop("timestamp") == "2026-01-01T12:00:00Z"
    expected = world.load("dashboard.json")
    del expected["timestamp"]
    assert document == expected


def test_there_is_nothing_at_once_for_who_has_the_newest(site: Site) -> None:
    assert b"data" not in site.get(PATH, Last_Event_ID="e1-7").data
    assert b"data" in site.get(PATH, Last_Event_ID="e1-6").data
    assert b"data" in site.get(PATH, Last_Event_ID="e2-7").data


@pytest.mark.parametrize(
    "odd", ["", "-", "e1-", "x" * 4000, "\xff\xfe", "e1-7; drop", "0", "e1--7"]
)
def test_an_odd_last_event_id_is_as_good_as_none(site: Site, odd: str) -> None:
    assert data(site.get(PATH, Last_Event_ID=odd))


def test_readers_that_are_sent_away_come_back_at_different_times(site: Site) -> None:
    hints = {int(site.get(PATH).data.split(b"\n")[0].removeprefix(b"retry: ")) for _ in range(30)}
    assert len(hints) > 10
    assert 2000 <= min(hints) < max(hints) < 6000


def test_no_proxy_may_hold_it_back(site: Site) -> None:
    headers = site.get(PATH).headers
    assert headers["X-Accel-Buffering"] == "no"
    assert headers["Cache-Control"] == "no-store, no-transform"


def test_head_and_options_are_answered_without_a_stream(site: Site) -> None:
    head = site.ask("HEAD", PATH)
    assert (head.status_code, head.content_type, head.data) == (200, "text/event-stream", b"")
    options = site.ask("OPTIONS", PATH)
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert site.ask("POST", PATH).status_code == 405


def test_its_preflight_allows_the_header_with_which_readers_come_back() -> None:
    answer = Site(allowed_origins=("https://friend.example",)).ask(
        "OPTIONS",
        PATH,
        Origin="https://friend.example",
        Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="last-event-id",
    )
    assert "Last-Event-ID" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Allow-Origin"] == "https://friend.example"


def test_no_password_is_in_an_event(site: Site) -> None:
    assert world.CANARY not in site.get(PATH).text
