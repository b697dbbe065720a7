"""Plays a single-page client: manages servers and follows them from another origin."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import conformance
from tests.clients.shapes import (
    ALERT,
    DASHBOARD,
    FAILURE,
    HEALTH,
    METRICS,
    SERVER,
    SERVERS,
    SUCCESS,
    flaws,
)
from tests.real.machines import Sshd, User
from tests.real.product import Product

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

FOLDER = Path(__file__).parent


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Where the client's page comes from: another port, and so another origin."""
    handler = functools.partial(Quiet, directory=str(FOLDER))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as pages:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{pages.server_port}"
        pages.shutdown()


@pytest.fixture
def product(tmp_path: Path, origin: str) -> Iterator[Product]:
    product = Product(
        tmp_path,
        ["ssh://nobody@127.0.0.1:9"],
        MONSERV_AUTH="required",
        ALLOWED_ORIGINS=origin,
        MEM_THRESHOLD_PERCENT="0.1",
    )
    product.start()
    yield product
    product.kill()


@pytest.fixture
def played(
    browser: Browser, product: Product, origin: str, sshd: Sshd, user: User
) -> dict[str, Any]:
    token = product.token("client", "--scope", "manage")
    server = {
        "name": "added by a client",
        "host": "127.0.0.1",
        "port": sshd.port,
        "username": user.name,
        "password": user.password,
        "description": "",
        "tags": "a,b",
        "location": "the cellar",
        "latitude": 52.5,
        "longitude": 13.4,
    }
    edit = {"name": "renamed", "tags": "", "latitude": None, "longitude": None}
    context = browser.new_context()
    conformance.listen_to(context)
    try:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{origin}/single_page.html")
        page.wait_for_function("window.play !== undefined")
        found: dict[str, Any] = page.evaluate(
            "([base, token, server, edit]) => window.play(base, token, server, edit)",
            [product.url, token, server, edit],
        )
    finally:
        context.close()
    assert user.password not in str(found)
    assert user.password not in product.log()
    assert token not in product.log()
    return found


def test_a_single_page_client_manages_servers_from_another_origin(played: dict[str, Any]) -> None:
    answers = played["answers"]
    well = {"before", "sampled", "listed", "edited", "paused", "resumed", "active", "deleted"}
    assert {name: answers[name]["status"] for name in well} == dict.fromkeys(well, 200)
    assert (answers["added"]["status"], answers["after"]["status"]) == (201, 200)
    for name in (*well, "added", "after", "healthPaused"):
        assert flaws(SUCCESS, answers[name]["document"]) == []
    data = {name: answer["document"].get("data") for name, answer in answers.items()}

    for name in ("before", "listed", "after"):
        assert flaws(SERVERS, data[name]) == []
    assert [len(data[name]["servers"]) for name in ("before", "listed", "after")] == [1, 2, 1]
    assert [data[name]["total"] for name in ("before", "listed", "after")] == [1, 2, 1]
    # One that was never sampled has metrics that are null as a whole.
    assert data["before"]["servers"][0]["metrics"] is None

    for name in ("added", "sampled", "edited", "paused", "resumed"):
        assert flaws(SERVER, data[name]) == []
    added = data["added"]
    assert (added["name"], added["tags"], added["is_active"]) == ("added by a client", "a,b", True)
    assert (added["latitude"], added["longitude"], added["location"]) == (52.5, 13.4, "the cellar")
    assert added["source"] == "managed"
    assert added["metrics"] is None
    assert flaws(METRICS, data["sampled"]["metrics"]) == []
    edited = data["edited"]
    assert (edited["name"], edited["tags"], edited["latitude"]) == ("renamed", "", None)
    assert (edited["host"], edited["location"]) == (added["host"], "the cellar")
    paused = data["paused"]
    assert (paused["is_active"], paused["status"], paused["reason"]) == (False, "offline", "paused")
    assert data["resumed"]["is_active"] is True

    health = data["healthPaused"]
    assert flaws(HEALTH, health) == []
    assert (health["total"], health["online"], health["offline"]) == (2, 0, 1)
    assert len(data["active"]) >= 1
    assert [flaws(ALERT, alert) for alert in data["active"]] == [[]] * len(data["active"])

    assert (answers["twice"]["status"], answers["gone"]["status"]) == (409, 404)
    for name in ("twice", "gone"):
        assert flaws(FAILURE, answers[name]["document"]) == []


def test_a_single_page_client_follows_the_event_stream(played: dict[str, Any]) -> None:
    events = played["events"]
    assert len(events) >= 4
    assert [flaws(DASHBOARD, event["document"]) for event in events] == [[]] * len(events)
    epochs = {event["id"].rpartition("-")[0] for event in events}
    numbers = [int(event["id"].rpartition("-")[2]) for event in events]
    assert len(epochs) == 1
    assert numbers == sorted(numbers)
    totals = [event["document"]["data"]["stats"]["total_servers"] for event in events]
    assert totals[0] == 1
    assert max(totals) == 2
    assert totals[-1] == 1
    for event in events:
        data = event["document"]["data"]
        assert data["stats"]["alert_count"] == len(data["alerts"]) == data["health"]["alerts"]
