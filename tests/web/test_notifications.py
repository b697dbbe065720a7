"""The delivery log and the test of a channel: who sees what, and what is no secret."""

from __future__ import annotations

import pytest

from monserv.errors import StorageError
from monserv.model.access import Access, Role
from monserv.model.delivery import DeliveryQuery, DeliveryState
from tests.golden import world
from tests.web.site import Site

LOG = "/api/v1/notifications"
TEST = f"{LOG}/test"


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
