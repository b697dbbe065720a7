"""After a restart everybody comes back at once, and is served within seconds."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.real.product import Product, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]
CLIENTS = 500
WEBSOCKET = (
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
EVENTS = "GET /api/v1/sse/dashboard HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def come(product: Product, opened: ExitStack) -> list[socket.socket]:
    """Connect everybody, as fast as it goes; half of them to each stream."""
    made = []
    for number in range(CLIENTS):
        sock = opened.enter_context(socket.create_connection(("127.0.0.1", product.port), 60))
        sock.sendall((WEBSOCKET if number % 2 else EVENTS).encode())
        made.append(sock)
    return made


def has_state(sock: socket.socket) -> bool:
    """Whether a client gets its first state, whole enough to know it."""
    got = b""
    while b'"type":"metrics_update"' not in got and b'"type":"dashboard"' not in got:
        data = sock.recv(65536)
        if not data:
            return False
        got += data
    return True


@pytest.mark.timed
def test_500_clients_that_come_back_after_a_restart_all_have_a_state_within_60_s(
    tmp_path: Path,
) -> None:
    product = Product(tmp_path, ["local://"]).start()
    try:
        wait_until(lambda: product.get("/api/state"), what="a sample")
        with ExitStack() as opened:
            assert all(has_state(sock) for sock in come(product, opened))
            code, seconds = product.stop()
            assert (code, seconds < 3.0) == (0, True)
        product.start()
        began_at = time.monotonic()
        with ExitStack() as opened:
            clients = come(product, opened)
            asked_at = time.monotonic()
            product.get("/api/v1/health")
            assert time.monotonic() - asked_at < 10.0
            assert all(has_state(sock) for sock in clients)
        assert time.monotonic() - began_at < 60.0
    finally:
        product.kill()
    assert "Traceback" not in product.log()
