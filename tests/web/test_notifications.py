"""The delivery log and the test of a channel: who sees what, and what is no secret."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from monserv.errors import StorageError
from monserv.model.access import Access, Role
from monserv.model.delivery import DeliveryQuery, DeliveryState
from monserv.model.telling import Telling
from tests.golden import world
from tests.web.site import Site

LOG = "/api/v1/notifications"
TEST = f"{LOG}/test"
SETTINGS = f"{LOG}/settings"


def put(site: Site, body: dict[str, object]) -> TestResponse:
    return site.app.test_client().put(SETTINGS, json=body, buffered=True)


def test_the_channels_and_the_newest_deliveries(site: Site) -> None:
    assert site.get(LOG).text == world.text("notifications.json")
    assert site.runtime.notifier.asked == DeliveryQuery()


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("channel=email", DeliveryQuery(channel="email")),
        ("state=failed", DeliveryQuery(state=DeliveryState.FAILED)),
        ("page=2&page_size=20", DeliveryQuery(page=2, page_size=20)),
        ("channel=&state=&page=&page_size=", DeliveryQuery()),
    ],
)
def test_a_filter_reaches_the_log(site: Site, query: str, asked: DeliveryQuery) -> None:
    assert site.get(f"{LOG}?{query}").status_code == 200
    assert site.runtime.notifier.asked == asked


@pytest.mark.parametrize("query", ["state=lost", "page=0", "page_size=1001", "server=nas"])
def test_a_value_that_cannot_be_is_422(site: Site, query: str) -> None:
    answer = site.get(f"{LOG}?{query}")
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["errors"]) == [query.partition("=")[0]]


def test_who_sees_some_servers_sees_their_deliveries_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = Access("berlin", Role.VIEWER, tags=frozenset({"berlin"}))
    for module in ("notifications", "current"):
        monkeypatch.setattr(f"monserv.web.{module}.access", lambda: limited)
    assert site.get(LOG).status_code == 200
    assert site.runtime.notifier.asked == DeliveryQuery(server_ids=frozenset({"scadanas"}))


def test_while_the_database_does_not_answer_it_is_503_and_says_why(site: Site) -> None:
    site.runtime.notifier.error = StorageError("the disk is full")
    answer = site.get(LOG)
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["error"] == "The disk is full."


def test_a_test_says_what_happened(site: Site) -> None:
    answer = site.post(TEST, {"channel": "email"})
    assert (answer.status_code, answer.json) == (
        200,
        {
            "success": True,
            "message": "email took the test message",
            "data": {"channel": "email", "sent": True, "error": None},
        },
    )
    site.runtime.notifier.refusal = "the mail server refused the login"
    assert site.post(TEST, {"channel": "email"}).json == {
        "success": True,
        "message": "email did not take the test message: the mail server refused the login",
        "data": {"channel": "email", "sent": False, "error": "the mail server refused the login"},
    }
    assert site.runtime.notifier.tried == ["email", "email"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"channel": "pigeon"}, 404),
        ({"channel": ""}, 422),
        ({"channel": "x" * 101}, 422),
        ({"channel": 1}, 422),
        ({}, 422),
        ({"channel": "email", "to": "all@example.net"}, 422),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff", 400),
    ],
)
def test_a_body_that_names_no_channel_tests_none(
    shared_site: Site, body: object, status: int
) -> None:
    answer = shared_site.post(TEST, body)
    assert answer.status_code == status
    assert answer.json is not None
    assert (answer.json["success"], answer.json["code"]) == (False, status)
    assert shared_site.runtime.notifier.tried == []


def test_what_a_person_sets_counts_and_the_rest_stays(site: Site) -> None:
    answer = put(site, {"cooldown_minutes": 60})
    assert answer.status_code == 200
    body = {"channels": [{"name": "email", "min_severity": "critical"}]}
    put(site, body)
    answer = put(site, {"channels": [{"name": "email", "is_on": False}]})
    assert answer.json is not None
    data = answer.json["data"]
    assert data["cooldown_minutes"] == 60
    assert [(one["name"], one["is_on"], one["min_severity"]) for one in data["channels"]] == [
        ("email", False, "critical"),
        ("discord", True, "warning"),
    ]
    shown = site.document(LOG)["data"]
    assert (shown["channels"], shown["cooldown_minutes"]) == (data["channels"], 60)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"cooldown_minutes": -1}, 422),
        ({"cooldown_minutes": 1441}, 422),
        ({"cooldown_minutes": "30"}, 422),
        ({"cooldown_minutes": 1.5}, 422),
        ({"channels": [{"name": "email", "is_on": 1}]}, 422),
        ({"channels": [{"name": "email", "min_severity": "fatal"}]}, 422),
        ({"channels": [{"is_on": True}]}, 422),
        ({"channels": [{"name": "pager"}]}, 404),
        ({"more": 1}, 422),
    ],
)
def test_what_cannot_be_set_is_refused(site: Site, body: dict[str, object], code: int) -> None:
    assert put(site, body).status_code == code
    assert site.runtime.notifier.telling == Telling()


def test_who_does_not_see_all_servers_sets_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = Access("berlin", Role.ADMIN, tags=frozenset({"berlin"}))
    monkeypatch.setattr("monserv.web.notifications.access", lambda: limited)
    assert put(site, {"cooldown_minutes": 60}).status_code == 403
    assert site.runtime.notifier.telling == Telling()


def test_what_is_not_stored_is_not_set(site: Site) -> None:
    site.runtime.notifier.error = StorageError("the disk is full")
    assert put(site, {"cooldown_minutes": 60}).status_code == 503
