"""What a client of the whole product sees: who may come, and what comes first."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.real.product import Product, wait_until
from tests.stream.mirror import patched

pytestmark = pytest.mark.real
FRIEND = "https://friend.example"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    settings = {"ALLOWED_ORIGINS": FRIEND, "POLL_INTERVAL_SECONDS": "1"}
    started = Product(folder, ["local://"], **settings).start()
    wait_until(lambda: started.get("/api/state"), what="a sample")
    yield started
    started.stop()
    started.kill()
    assert "Traceback" not in started.log()


def url(product: Product) -> str:
    return f"ws://127.0.0.1:{product.port}/ws"


@pytest.mark.timed
def test_a_newcomer_gets_the_current_state_at_once(product: Product) -> None:
    with product.websocket() as client:
        first = json.loads(client.recv(timeout=1))
        state = product.get("/api/state")

    assert list(first) == ["type", "data"]
    assert first["type"] == "metrics_update"
    assert list(first["data"]) == ["local://"]
    assert set(first["data"]["local://"]) == set(state["local://"])


@pytest.mark.parametrize(
    ("origin", "advice"),
    [
        ("https://evil.example", "https://evil.example in ALLOWED_ORIGINS would allow it"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1 in ALLOWED_ORIGINS would allow it"),
        ("null", "refused Origin null; ALLOWED_ORIGINS cannot name it"),
    ],
)
def test_a_page_of_another_origin_is_refused_and_the_log_names_the_setting(
    product: Product, origin: str, advice: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(url(product), origin=origin)  # type: ignore[arg-type] -- an Origin is a str

    assert refused.value.response.status_code == 403
    assert advice in product.log()


@pytest.mark.parametrize("origin", [None, FRIEND])
def test_a_program_and_an_allowed_origin_may_connect(product: Product, origin: str | None) -> None:
    with connect(url(product), origin=origin) as client:  # type: ignore[arg-type] -- an Origin is a str
        assert json.loads(client.recv(timeout=20))["type"] == "metrics_update"


def test_a_host_that_is_none_of_our_names_is_refused(product: Product) -> None:
    sock = socket.create_connection(("127.0.0.1", product.port))
    with sock, pytest.raises(InvalidStatus) as refused:
        connect("ws://rebound.example/ws", sock=sock)

    assert refused.value.response.status_code == 403
    assert "rebound.example in ALLOWED_HOSTS would allow it" in product.log()


def test_a_plain_request_is_told_to_upgrade(product: Product) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{product.url}/ws", timeout=5)

    with refused.value as answer:
        assert (answer.code, answer.headers["Upgrade"]) == (426, "websocket")
        assert json.loads(answer.read())["code"] == 426


def v2(product: Product, *subprotocols: str) -> ClientConnection:
    return connect(url(product), subprotocols=[*subprotocols, "monserv.v2"])  # type: ignore[list-item] -- a Subprotocol is a str


def read(client: ClientConnection) -> Any:
    return json.loads(client.recv(timeout=30))


def test_a_subscriber_s_state_is_what_a_new_snapshot_gives_also_after_it_came_back(
    product: Product,
) -> None:
    with v2(product, "chat") as client:
        assert client.subprotocol == "monserv.v2"
        hello, snapshot, *deltas = [read(client) for _ in range(5)]
        assert [each["type"] for each in (hello, snapshot, *deltas)] == [
            "hello",
            "snapshot",
            *["delta"] * 3,
        ]
        state = snapshot["servers"]
        for delta in deltas:
            state = patched(state, delta["servers"])
    client = v2(product)
    with client:
        assert read(client)["type"] == "hello"
        client.send(json.dumps({"type": "resume", "epoch": hello["epoch"], "seq": delta["seq"]}))
        client.send(json.dumps({"type": "subscribe"}))
        while (frame := read(client))["type"] == "delta":
            assert frame["seq"] > delta["seq"]
            state = patched(state, frame["servers"])

    assert frame["type"] == "snapshot"
    assert frame["servers"] == state
    assert list(state["local"]["metrics"]["disks"]) != []


def test_a_subscriber_hears_of_a_test_alert_and_of_its_mistake(product: Product) -> None:
    with v2(product) as client:
        client.send("subscribe")
        while read(client)["type"] != "error":
            pass
        client.send(json.dumps({"type": "subscribe", "tags": ["none has it"]}))
        while (frame := read(client)).get("servers") != {}:
            pass
        assert frame["type"] == "snapshot"
        pushed = {"alert_type": "alert", "subject": "s", "message": "m"}
        request = urllib.request.Request(
            f"{product.url}/api/test-alert",
            json.dumps(pushed).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()
        alert = read(client)

    assert (alert["type"], alert["alert_type"]) == ("alert", "alert")
    assert (alert["alert"]["subject"], alert["alert"]["is_active"]) == ("s", False)
