"""monserv behind nginx and Caddy, with the very configurations that docs/DEPLOYMENT.md gives."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from monserv.stream.limits import Limits
from tests import conformance
from tests.certificates import NAME
from tests.deployment import fronts
from tests.deployment.fronts import PROXIES, Front, front
from tests.real.product import CHECKOUT, Product, wait_until
from tests.waiting import eventually
from tests.web.live_server import LiveServer, live_server

pytestmark = pytest.mark.real

# An address of loopback that is not the one from which the proxies themselves connect.
CLIENT = "127.0.0.2"
SPOOFED = "203.0.113.66"
PASSWORD = "a-b0ne-0f-c0ntent10n"
# Each way to claim an address or a host that is not one's own.
CLAIMS = [
    {"X-Forwarded-For": SPOOFED},
    {"X-Forwarded-For": f"{SPOOFED}, {SPOOFED}, {SPOOFED}"},
    {"X-Forwarded-For": f'"{SPOOFED}'},
    {"X-Real-IP": SPOOFED, "Forwarded": f"for={SPOOFED}", "True-Client-IP": SPOOFED},
    {"X_Forwarded_For": SPOOFED, "X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "1"},
]
# 1 waits as long as a WebSocket on which nothing happens really has to; 20 is as quick as
# timeouts in whole seconds allow.
IDLE_SCALE = int(os.environ.get("TEST_IDLE_SCALE", "20"))


@pytest.fixture(scope="module", params=list(PROXIES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    settings = {"ALLOWED_HOSTS": NAME, "MONSERV_TRUSTED_PROXIES": "1", "LOG_LEVEL": "DEBUG"}
    settings["MONSERV_AUTH"] = "none"  # who is let in is not what is tried here
    running = Product(tmp_path_factory.mktemp("product"), ["local://"], **settings).start()
    try:
        wait_until(lambda: running.get("/api/state"), what="a sample")
        yield running
    finally:
        running.stop()
        running.kill()
    assert "Traceback" not in running.log()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("live"), ALLOWED_HOSTS=NAME) as running:
        yield running


@pytest.fixture(scope="module")
def door(kind: str, product: Product, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp(kind) / "proxy"
    with front(kind, folder, product.port, CLIENT) as running:
        yield running


@pytest.fixture(scope="module")
def live_door(
    kind: str, live: LiveServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    with front(kind, tmp_path_factory.mktemp(kind) / "proxy", live.port) as running:
        yield running


def test_the_page_and_the_api_come_through(door: Front) -> None:
    status, page = door.ask("/", {"Origin": f"https://{door.place}"})
    assert (status, "<title>monserv" in page) == (200, True)
    assert list(json.loads(door.ask("/api/state")[1])) == ["local://"]
    assert json.loads(door.ask("/api/v1/health")[1])["success"] is True


def test_the_websocket_comes_through_for_our_page_and_no_other(door: Front) -> None:
    with door.websocket() as client:
        assert json.loads(client.recv(timeout=20))["type"] == "metrics_update"
    with pytest.raises(InvalidStatus) as refused:
        connect(
            f"wss://{door.place}/ws",
            sock=door.dial(),
            ssl=door.trust,
            origin="https://evil.example",  # type: ignore[arg-type]  # an Origin is a str
        )
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_clients_address_is_known_and_it_cannot_claim_another(
    door: Front, product: Product, claim: dict[str, str]
) -> None:
    path = f"/api/v1/{time.monotonic_ns()}"
    assert door.ask(path, claim)[0] == 404
    assert eventually(lambda: path in product.log())
    (line,) = [line for line in product.log().splitlines() if path in line]
    assert f" {CLIENT} GET {path} 404" in line
    assert SPOOFED not in product.log()


def test_nginx_sends_plain_http_to_the_secure_page(product: Product, tmp_path: Path) -> None:
    with front("nginx", tmp_path / "proxy", product.port) as door:
        connection = http.client.HTTPConnection("127.0.0.1", door.http_port)
        connection.request("GET", "/x?y=1", headers={"Host": NAME})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/x?y=1")
        connection.close()


@pytest.mark.timed
def test_frames_of_any_size_arrive_at_once_and_whole(live: LiveServer, live_door: Front) -> None:
    conformance.excuse(live_door.port)
    live.publish("state", b"{}")
    with live_door.websocket() as client:
        assert client.recv(timeout=20) == "{}"
        for size in (1, 4_000, 70_000, 3_000_000):
            sent = json.dumps({"size": size, "filler": "x" * size})
            began_at = time.monotonic()
            live.publish("event", sent.encode())
            assert client.recv(timeout=20) == sent
            assert time.monotonic() - began_at < 1.0
    live.wait_for_clients(0)


@pytest.mark.timed
def test_server_sent_events_arrive_one_by_one(live: LiveServer, live_door: Front) -> None:
    live.publish("state", b"{}")
    with live_door.asked("/api/v1/sse/dashboard") as answer:
        assert (answer.status, answer.headers.get_content_type()) == (200, "text/event-stream")
        assert next(line for line in answer if line.startswith(b"data: ")) == b"data: {}\n"
        for number in range(3):
            began_at = time.monotonic()
            live.publish("state", b'{"number": %d}' % number)
            wanted = b'data: {"number": %d}\n' % number
            assert next(line for line in answer if line.startswith(b"data: ")) == wanted
            assert time.monotonic() - began_at < 1.0
    live.wait_for_clients(0)


def test_a_stop_of_monserv_reaches_the_clients_as_1001(tmp_path: Path) -> None:
    product = Product(tmp_path, ["local://"], ALLOWED_HOSTS=NAME).start()
    codes = {}
    try:
        with contextlib.ExitStack() as stack:
            clients = {}
            for kind in PROXIES:
                door = stack.enter_context(front(kind, tmp_path / kind, product.port))
                clients[kind] = stack.enter_context(door.websocket())
            assert product.stop()[0] == 0
            for kind, client in clients.items():
                for _ in client:  # what came before the close
                    pass
                codes[kind] = client.close_code
    finally:
        product.kill()
    assert codes == dict.fromkeys(PROXIES, 1001)


def test_a_person_logs_in_through_a_proxy_and_the_cookie_is_for_tls_alone(tmp_path: Path) -> None:
    settings = {"MONSERV_TRUSTED_PROXIES": "1", "MONSERV_AUTH": "required"}
    product = Product(tmp_path, ["local://"], **settings)
    subprocess.run(
        [sys.executable, "-m", "monserv", "user", "add", "alice"],
        cwd=CHECKOUT,
        env=os.environ | product.settings,
        input=f"{PASSWORD}\n",
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    product.start()
    try:
        for kind in PROXIES:
            with front(kind, tmp_path / kind, product.port, CLIENT) as door:
                assert door.ask("/api/v1/servers")[0] == 401
                page = {"Origin": f"https://{door.place}"}
                form = f"name=alice&password={PASSWORD}"
                with door.asked("/login", page, form) as answer:
                    assert (answer.status, answer.headers["Location"]) == (303, "/")
                    cookie, *rest = answer.headers["Set-Cookie"].split("; ")
                assert {"Secure", "HttpOnly"} <= set(rest)
                assert door.ask("/api/v1/servers", {"Cookie": cookie})[0] == 200
                with door.websocket({"Cookie": cookie}):
                    pass
                with pytest.raises(InvalidStatus, match="401"):
                    door.websocket()
    finally:
        product.kill()
    assert PASSWORD not in product.log()


def test_nginx_waits_longer_than_two_pings() -> None:
    text = (fronts.CONFIGURATIONS / "nginx.conf").read_text()
    waits = re.findall(r"proxy_(?:read|send)_timeout (\d+)s;", text)
    assert [int(seconds) > 2 * Limits().ping_interval_seconds for seconds in waits] == [True] * 2


@pytest.mark.timeout(60 + 200 / IDLE_SCALE)
def test_a_websocket_on_which_nothing_happens_outlives_the_patience_of_the_proxies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Limits()
    limits = {
        "ping_interval_seconds": usual.ping_interval_seconds / IDLE_SCALE,
        "silence_seconds": usual.silence_seconds / IDLE_SCALE,
    }
    shorter = tmp_path / "shorter"
    shorter.mkdir()
    for file in ("nginx.conf", "Caddyfile"):
        text = (fronts.CONFIGURATIONS / file).read_text()
        (shorter / file).write_text(text.replace("_timeout 120s", f"_timeout {120 // IDLE_SCALE}s"))
    monkeypatch.setattr(fronts, "CONFIGURATIONS", shorter)
    environ = {"ALLOWED_HOSTS": NAME, "LIVE_LIMITS": json.dumps(limits)}
    with contextlib.ExitStack() as stack:
        live = stack.enter_context(live_server(tmp_path, **environ))
        clients = []
        for kind in PROXIES:
            door = stack.enter_context(front(kind, tmp_path / kind, live.port))
            conformance.excuse(door.port)
            clients.append(stack.enter_context(door.websocket()))
        live.wait_for_clients(2)
        time.sleep(130 / IDLE_SCALE)
        live.publish("event", b"{}")
        assert [client.recv(timeout=30) for client in clients] == ["{}", "{}"]
