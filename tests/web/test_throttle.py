"""Who asks too often hears when to come back; who asks as people and scripts do never notices."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from typing import Any

import pytest
from flask import Response, g, request
from werkzeug.test import TestResponse

from monserv.clock import ManualClock
from monserv.model.access import Access, Role
from monserv.model.settings import Settings
from monserv.web import envelope
from monserv.web.throttle import Throttle
from tests.real.product import Product, wait_until
from tests.web.fakes import settings as fake_settings
from tests.web.site import Site

ASKER, OTHER = "192.0.2.1", "192.0.2.2"
PER_SECOND = 10.0
BURST = 100


def _owner(method: object) -> object:
    return getattr(method, "__self__", None)


class Town:
    """A site that is asked from many places, with credentials that a header names."""

    def __init__(self, per_second: float = PER_SECOND) -> None:
        site = Site(requests_per_second=per_second)
        self.app = site.app
        self.clock: ManualClock = site.runtime.clock
        asked = self.app.before_request_funcs[None]
        (throttle,) = [each for each in asked if isinstance(_owner(each), Throttle)]
        asked.insert(asked.index(throttle), self._identify)

    @staticmethod
    def _identify() -> Response | None:
        """Stand in for whatever finds out who asks, and refuses."""
        if request.path == "/refused":
            return envelope.failure(401, "No.")
        name = request.headers.get("X-Credential", "")
        g.access = Access(name, Role.ADMIN, credential=name)
        return None

    def ask(
        self,
        path: str = "/api/state",
        address: str = ASKER,
        method: str = "GET",
        credential: str = "",
        **headers: str,
    ) -> TestResponse:
        return self.app.test_client().open(
            path,
            method=method,
            headers={"X-Credential": credential, **headers},
            environ_base={"REMOTE_ADDR": address},
            buffered=True,
        )

    def statuses(self, count: int, *args: str, **options: Any) -> list[int]:
        return [self.ask(*args, **options).status_code for _ in range(count)]


@pytest.fixture
def town() -> Town:
    return Town()


def test_beyond_its_share_an_address_gets_429_and_hears_when_to_come_back(town: Town) -> None:
    assert town.statuses(BURST) == [200] * BURST
    refused = town.ask()
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    assert refused.json == {
        "success": False,
        "error": "Too many requests; Retry-After says when to try again.",
        "code": 429,
        "errors": {},
    }
    assert town.ask(address=OTHER).status_code == 200


def test_who_waits_as_he_was_told_gets_an_answer(town: Town) -> None:
    town.statuses(BURST)
    for _ in range(5):
        wait_seconds = int(town.ask().headers["Retry-After"])
        town.clock.advance(wait_seconds)
        assert town.ask().status_code == 200
        town.statuses(BURST)


def test_the_refusal_has_the_headers_of_every_answer() -> None:
    site = Site(requests_per_second=1.0, allowed_origins=("https://friend.example",))
    answers = [site.get("/api/state", Origin="https://friend.example") for _ in range(11)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert "Content-Security-Policy" in answers[-1].headers


def test_a_credential_has_its_share_from_wherever_it_is_used(town: Town) -> None:
    path = "/api/v1/alerts"
    for number in range(BURST):
        address = f"198.51.100.{number}"
        assert town.ask(path, address=address, credential="token-1").status_code == 200
    assert town.ask(path, address=OTHER, credential="token-1").status_code == 429
    assert town.ask(path, address=OTHER, credential="token-2").status_code == 200


def test_what_changes_something_has_a_smaller_share_of_its_own(town: Town) -> None:
    assert town.statuses(BURST // 10, method="DELETE") == [405] * (BURST // 10)
    refused = town.ask(method="DELETE")
    assert refused.status_code == 429
    assert town.ask().status_code == 200


def test_who_tries_credentials_without_end_is_told_to_wait_and_his_neighbours_go_on(
    town: Town,
) -> None:
    statuses = town.statuses(20, "/refused")
    assert statuses == [401] * 5 + [429] * 15
    assert town.ask(credential="valid").status_code == 200
    assert town.ask("/refused", address=OTHER).status_code == 401


def test_who_is_refused_before_anything_else_has_no_more_than_others(town: Town) -> None:
    foreign = {"Origin": "https://evil.example"}
    statuses = [town.ask(**foreign).status_code for _ in range(BURST + 20)]
    assert statuses == [403] * BURST + [429] * 20
    assert town.ask("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/favicon.svg"])
def test_probes_and_files_are_always_answered(town: Town, path: str) -> None:
    town.statuses(BURST + 1)
    assert set(town.statuses(2 * BURST, path)) == {200}


def test_addresses_of_one_ipv6_network_share(town: Town) -> None:
    for number in range(BURST):
        assert town.ask(address=f"2001:db8:1:2::{number:x}").status_code == 200
    assert town.ask(address="2001:db8:1:2:ffff::1").status_code == 429
    assert town.ask(address="2001:db8:1:3::1").status_code == 200


def test_0_is_no_bound() -> None:
    town = Town(0.0)
    assert set(town.statuses(300)) == {200}
    assert set(town.statuses(50, "/refused")) == {401}


def test_the_log_names_who_it_is_now_and_then(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "monserv.web.throttle")
    town.statuses(BURST + 50)
    assert len(caplog.messages) == 5
    assert set(caplog.messages) == {"too many requests from 192.0.2.1; they are answered with 429"}


def test_a_script_fifty_people_behind_one_address_and_a_restart_never_notice() -> None:
    town = Town(_default_requests_per_second())
    for _ in range(400):  # all pages load at once, after a restart
        assert town.ask().status_code == 200
    for second in range(60):
        town.clock.advance(1)
        polls = 1 + (50 * 4 if second % 4 == 0 else 0)
        assert set(town.statuses(polls)) == {200}


def _default_requests_per_second() -> float:
    ordinary = fake_settings()
    return Settings(ordinary.data_dir, ordinary.database_url).requests_per_second


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("throttled")
    started = Product(folder, ["local://"], MONSERV_REQUESTS_PER_SECOND="20").start()
    wait_until(lambda: started.get("/api/state"), what="a sample")
    yield started
    started.stop()
    started.kill()
    assert "Traceback" not in started.log()


def ask(product: Product, path: str, address: str) -> tuple[int, str | None]:
    """Ask from an address of this machine; return status and Retry-After."""
    connection = HTTPConnection("127.0.0.1", product.port, 10, (address, 0))
    with closing(connection):
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers["Retry-After"]


@pytest.mark.real
def test_over_http_a_wild_client_is_slowed_and_the_others_are_served(product: Product) -> None:
    found = [ask(product, "/api/state", "127.0.0.3") for _ in range(300)]
    assert {status for status, _ in found} == {200, 429}
    assert all(retry and int(retry) >= 1 for status, retry in found if status == 429)
    assert ask(product, "/api/state", "127.0.0.4")[0] == 200
    assert ask(product, "/healthz", "127.0.0.3")[0] == 200
    assert "too many requests from 127.0.0.3" in product.log()


@pytest.mark.timed
@pytest.mark.real
def test_1000_connections_a_second_leave_rest_answering(product: Product) -> None:
    """Handshakes that are refused, given up or closed at once, from four places."""
    handshake = (
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{product.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()
    statuses: list[bytes] = []

    def storm(address: str) -> None:
        for number in range(500):
            with suppress(OSError), socket.socket() as sock:
                sock.settimeout(20)
                sock.bind((address, 0))
                sock.connect(("127.0.0.1", product.port))
                sock.sendall(handshake)
                if number % 2:
                    statuses.append(sock.recv(12))

    storms = [threading.Thread(target=storm, args=(f"127.0.1.{n}",)) for n in range(4)]
    for each in storms:
        each.start()
    slowest_seconds = 0.0
    answered = 0
    while any(each.is_alive() for each in storms):
        began_at = time.monotonic()
        status, _ = ask(product, "/api/v1/health", f"127.0.2.{answered % 250 + 1}")
        assert status == 200
        slowest_seconds = max(slowest_seconds, time.monotonic() - began_at)
        answered += 1
        time.sleep(0.05)
    for each in storms:
        each.join()

    assert set(statuses) == {b"HTTP/1.1 101", b"HTTP/1.1 429"}
    assert answered > 0
    assert slowest_seconds < 3.0
    assert json.loads(product.get("/readyz", raw=True))["success"]
