"""HTTPS and WSS from monserv itself, without a proxy."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.certificates import NAME, Certificate, make_certificate
from tests.deployment.fronts import Front
from tests.real.product import Product, wait_until
from tests.stream.peer import Peer
from tests.waiting import eventually
from tests.web.live_server import HANDSHAKE, LiveServer, live_server

pytestmark = pytest.mark.real
SMALL_BUFFER = 4096


class SecureLive(LiveServer):
    """The live application behind the product's own TLS."""

    trust: ClassVar[ssl.SSLContext]

    def ask(self, path: str, body: bytes | None = None) -> Any:
        headers = {"Content-Type": "application/json", "Host": "localhost"}
        wanted = urllib.request.Request(f"https://{NAME}:{self.port}{path}", body, headers)
        handler = urllib.request.HTTPSHandler(context=self.trust)
        with urllib.request.build_opener(handler).open(wanted, timeout=30) as answer:
            return json.loads(answer.read())

    def _far_away(self, receive_buffer_bytes: int, segment_bytes: int) -> socket.socket:
        plain = super()._far_away(receive_buffer_bytes, segment_bytes)
        sock = self.trust.wrap_socket(plain, server_hostname=NAME)
        self._sockets.append(sock)
        return sock


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module", autouse=True)
def _name_is_here(certificate: Certificate) -> Iterator[None]:
    """Let this process find ``NAME`` on loopback, and trust its certificate."""
    SecureLive.trust = certificate.trust()
    look_up = socket.getaddrinfo

    def found(host: Any, *rest: Any, **more: Any) -> Any:
        return look_up("127.0.0.1" if host == NAME else host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        yield


@pytest.fixture(scope="module")
def settings(certificate: Certificate) -> dict[str, str]:
    return {
        "MONSERV_TLS_CERT": str(certificate.certificate),
        "MONSERV_TLS_KEY": str(certificate.key),
    }


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, settings: dict[str, str]
) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("live"), SecureLive, **settings) as running:
        yield running


@pytest.fixture(autouse=True)
def _nobody_is_left(server: LiveServer) -> Iterator[None]:
    yield
    server.close_all()
    server.wait_for_clients(0)


class Secure(Product):
    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        return "WebSocket " in self.log()


@pytest.mark.timed
def test_page_api_and_websocket_are_there_and_end_with_1001(
    tmp_path: Path, certificate: Certificate, settings: dict[str, str]
) -> None:
    product = Secure(tmp_path, ["local://"], ALLOWED_HOSTS=NAME, **settings).start()
    try:
        assert f"Dashboard   https://127.0.0.1:{product.port}/" in product.log()
        assert f"WebSocket   wss://127.0.0.1:{product.port}/ws" in product.log()
        door = Front(product.port, certificate.trust())
        status, page = door.ask("/", {"Origin": f"https://{door.place}"})
        assert (status, "<title>monserv" in page) == (200, True)
        wait_until(lambda: json.loads(door.ask("/api/state")[1]), what="a sample")
        assert door.ask("/static/js/main.js")[0] == 200
        with door.asked("/api/v1/sse/dashboard") as events:
            assert next(line for line in events if line.startswith(b"event:")).strip()
        with door.websocket() as client:
            assert json.loads(client.recv(timeout=20))["type"] == "metrics_update"
            code, seconds = product.stop()
            for _ in client:  # what came before the close
                pass
        assert (code, client.close_code, seconds < 3) == (0, 1001, True)
    finally:
        product.kill()
    assert "Traceback" not in product.log()


@pytest.mark.timed
@pytest.mark.parametrize("segment_bytes", [0, 1400])
def test_a_slow_reader_gets_whole_frames_and_keeps_nobody_waiting(
    server: LiveServer, segment_bytes: int
) -> None:
    slow = server.connect(receive_buffer_bytes=SMALL_BUFFER, segment_bytes=segment_bytes)
    quick = server.connect()
    server.wait_for_clients(2)
    count = 60
    wanted = {"count": count, "state_bytes": 120_000, "event_bytes": 30_000, "pause_seconds": 0.01}
    feeding = threading.Thread(target=server.ask, args=("/feed", json.dumps(wanted).encode()))
    feeding.start()
    time.sleep(0.5)
    began_at = time.monotonic()
    events = [checked(text) for text in until_last_event(quick, count)]
    assert time.monotonic() - began_at < 5
    slow_events = [checked(text) for text in until_last_event(slow, count)]
    feeding.join(30)
    assert [number for kind, number in events if kind == "event"] == list(range(0, count, 3))
    assert [number for kind, number in slow_events if kind == "event"] == list(range(0, count, 3))
    assert len(slow_events) < len(events)


def test_a_slow_reader_of_events_gets_whole_ones_and_the_newest(server: LiveServer) -> None:
    slow = server.listen(receive_buffer_bytes=SMALL_BUFFER, segment_bytes=1400)
    server.wait_for_clients(1)
    count = 30
    wanted = {"count": count, "state_bytes": 120_000, "event_bytes": 100, "pause_seconds": 0.01}
    server.ask("/feed", json.dumps(wanted).encode())
    seen: list[int] = []
    while count - 1 not in seen:
        event = slow.event()
        assert event is not None
        if b'"kind"' in event.data:  # what came first is of an earlier test
            seen.append(checked(event.data)[1])
    assert seen == sorted(seen)
    assert len(seen) < count


def until_last_event(peer: Peer, count: int) -> Iterator[bytes]:
    while True:
        (text,) = peer.texts(1)
        yield text
        if text.startswith(b'{"kind":"event","number":%d,' % (count - 3)):
            return


def checked(payload: bytes) -> tuple[str, int]:
    """Return what a document of the feed is; every byte of it must be right."""
    document = json.loads(payload)
    assert set(document["filler"]) == {chr(97 + document["number"] % 26)}
    return document["kind"], document["number"]


@pytest.mark.timed
def test_who_publishes_does_not_wait_for_a_client_that_does_not_read(server: LiveServer) -> None:
    server.connect(receive_buffer_bytes=SMALL_BUFFER)
    reading = server.connect()
    server.wait_for_clients(2)
    payload = json.dumps({"filler": "x" * 1_000_000}).encode()
    assert max(server.publish("state", payload) for _ in range(8)) < 0.3
    assert reading.texts(1) == [payload]


def test_the_keys_of_a_connection_may_change_while_frames_are_sent(
    server: LiveServer, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    command = ["openssl", "s_client", "-noservername", "-connect", f"127.0.0.1:{server.port}"]
    with (
        said.open("wb") as output,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, bufsize=0
        ) as client,
    ):
        assert client.stdin is not None
        try:
            client.stdin.write("\r\n".join(("GET /ws HTTP/1.1", *HANDSHAKE, "", "")).encode())
            server.wait_for_clients(1)
            for number in range(3):
                client.stdin.write(b"K\n")  # new keys, and the wish for such in return
                assert eventually(lambda: said.read_bytes().count(b"KEYUPDATE") > number)  # noqa: B023 -- called at once
                server.publish("event", b"news %d" % number)
                assert eventually(lambda: b"news %d" % number in said.read_bytes())  # noqa: B023 -- called at once
        finally:
            client.kill()


@pytest.mark.timed
def test_who_never_shakes_hands_or_speaks_something_else_keeps_nobody_waiting(
    server: LiveServer,
) -> None:
    with contextlib.ExitStack() as stack:
        for said in [b"", b"\x16", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 4096] * 50:
            silent = socket.create_connection(("127.0.0.1", server.port), 5)
            stack.enter_context(silent)
            silent.sendall(said)
        began_at = time.monotonic()
        assert server.vitals()["clients"] == 0
        assert time.monotonic() - began_at < 2
    assert "Invalid request" not in server.log()


def test_gunicorns_own_way_to_tls_is_refused(tmp_path: Path, certificate: Certificate) -> None:
    product = Product(tmp_path, ["local://"])
    arguments = f"--certfile {certificate.certificate} --keyfile {certificate.key}"
    product.settings["GUNICORN_CMD_ARGS"] = arguments
    with pytest.raises(AssertionError, match="MONSERV_TLS_CERT and MONSERV_TLS_KEY do the same"):
        product.start()
    assert product.process is not None
    assert product.process.wait(10) == 2
