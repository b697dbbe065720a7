"""Plays the page of the Go program: polls ``/api/state`` and listens on ``/ws``, field by field."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.clients.shapes import ALERT_MESSAGE, STATE_METRICS, UPDATE, URL, flaws
from tests.real.machines import Sshd, User, free_port
from tests.real.product import Product, messages, ssh_url, wait_until

pytestmark = pytest.mark.real

ORIGIN = "http://intranet.example.net"


@pytest.fixture(scope="module")
def own_sshd(machine_room: Path) -> Iterator[Sshd]:
    folder = machine_room / "go-page"
    folder.mkdir()
    sshd = Sshd(folder)
    sshd.start()
    yield sshd
    sshd.stop()


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory, own_sshd: Sshd, user: User) -> Iterator[Product]:
    """The product as the Go program was out of the box."""
    product = Product(
        tmp_path_factory.mktemp("go"),
        [ssh_url(user.name, own_sshd.port, user.password), ssh_url("nobody", free_port(), "x")],
        SERVER_HOST="0.0.0.0",
        MONSERV_AUTH="none",
        ALLOWED_ORIGINS="*",
        MEM_THRESHOLD_PERCENT="0.1",
        POLL_INTERVAL_SECONDS="1",
    ).start()
    yield product
    product.kill()


def ask(product: Product, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(
        f"{product.url}/api/state", headers={"Origin": ORIGIN, **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def state(product: Product) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(ask(product)[2])
    return document


def test_the_page_of_the_go_program_goes_on_working(
    old: Product, own_sshd: Sshd, user: User
) -> None:
    url = f"ssh://{user.name}:***@127.0.0.1:{own_sshd.port}"

    # It polls: only the server with a sample is there, complete, under its masked URL.
    wait_until(lambda: state(old), what="the first sample")
    status, headers, body = ask(old)
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, "*")
    polled = json.loads(body)
    assert list(polled) == [url]
    assert flaws(URL, url) == []
    assert flaws(STATE_METRICS, polled[url]) == []
    assert b"null" not in body

    # It asks again with the ETag that it was given.
    wait_until(lambda: ask(old, **{"If-None-Match": ask(old)[1]["ETag"]})[0] == 304)

    # It listens, from its own origin: the state at once, then one an interval.
    with connect(
        f"ws://127.0.0.1:{old.port}/ws", origin=ORIGIN, compression=None, max_size=None
    ) as client:
        heard = list(messages(client, 4))
        assert [flaws(UPDATE, one, exact=True) for one in heard[:1]] == [[]]
        updates = [one for one in heard if one["type"] == "metrics_update"]
        assert len(updates) >= 3
        for update in updates:
            assert list(update) == ["type", "data"]
            assert flaws(STATE_METRICS, update["data"][url]) == []

        # The server goes away: it is told once, and stays as it was last seen.
        own_sshd.stop()
        alerts = (one for one in messages(client, 15) if one["type"] == "alert")
        down = next(one for one in alerts if "offline" in one["subject"])
        assert flaws(ALERT_MESSAGE, down, exact=True) == []
        assert down["alert_type"] == "alert"
        assert down["message"].startswith("No data for 3 polls: ")
        left = state(old)[url]
        assert flaws(STATE_METRICS, left) == []

        own_sshd.start()
        alerts = (one for one in messages(client, 30) if one["type"] == "alert")
        up = next(one for one in alerts if "online" in one["subject"])
        assert flaws(ALERT_MESSAGE, up, exact=True) == []
        assert (up["alert_type"], up["message"][:22]) == ("recovery", "Answering again after ")
        wait_until(lambda: state(old)[url]["generatedAtUtc"] > left["generatedAtUtc"])


def test_a_test_alert_reaches_those_who_listen(old: Product) -> None:
    said = {"alert_type": "alert", "subject": "[ALERT] drill", "message": "only a drill"}
    with connect(f"ws://127.0.0.1:{old.port}/ws", compression=None, max_size=None) as client:
        request = urllib.request.Request(
            f"{old.url}/api/test-alert",
            data=json.dumps(said).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert json.loads(answer.read()) == {
                "status": "sent",
                "type": "alert",
                "subject": "[ALERT] drill",
                "message": "only a drill",
            }
        drill = next(one for one in messages(client, 5) if one.get("subject") == "[ALERT] drill")
    assert drill == {"type": "alert", **said}
