"""Prepared answers over HTTP, as gunicorn sends them: one connection, many questions."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse

import pytest

from monserv.web.polled import PATHS
from tests.real.product import Product, wait_until

pytestmark = pytest.mark.real
QUESTIONS = 150


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    # One poll, so that what is shown stands still.
    settings = {"POLL_INTERVAL_SECONDS": "600", "LOG_LEVEL": "DEBUG"}
    folder = tmp_path_factory.mktemp("ready")
    started = Product(
        folder, ["local://?name=here"], MONSERV_REQUESTS_PER_SECOND="0", **settings
    ).start()
    wait_until(lambda: started.get("/api/state"), what="a sample")
    yield started
    started.stop()
    started.kill()
    assert "Traceback" not in started.log()


@pytest.fixture
def connection(product: Product) -> Iterator[HTTPConnection]:
    made = HTTPConnection("127.0.0.1", product.port, timeout=30)
    yield made
    made.close()


def ask(
    connection: HTTPConnection, path: str, method: str = "GET", **headers: str
) -> tuple[HTTPResponse, bytes]:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    connection.request(method, path, headers=named)
    answer = connection.getresponse()
    return answer, answer.read()


@pytest.mark.parametrize("path", PATHS)
def test_one_connection_gets_every_form_of_an_answer(connection: HTTPConnection, path: str) -> None:
    whole, text = ask(connection, path)
    assert (whole.status, len(text)) == (200, int(whole.headers["Content-Length"]))
    packed, body = ask(connection, path, Accept_Encoding="gzip")
    is_packed = packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(body) if is_packed else body) == json.loads(text)
    head, nothing = ask(connection, path, "HEAD")
    assert (head.headers["Content-Length"], nothing) == (str(len(text)), b"")
    same, nothing = ask(connection, path, If_None_Match=str(whole.headers["ETag"]))
    assert (same.status, nothing) == (304, b"")
    for answer in (whole, packed, head, same):
        assert "default-src 'none'" in str(answer.headers["Content-Security-Policy"])
        assert answer.headers["Connection"] == "keep-alive"
    assert ask(connection, path)[1] == text


def test_each_has_its_line_where_lines_are_kept(
    product: Product, connection: HTTPConnection
) -> None:
    answer, body = ask(connection, "/api/v1/servers?token=x")
    assert (answer.status, body[:10]) == (401, b'{"success"')
    ask(connection, "/api/v1/health", If_None_Match="*")
    wait_until(lambda: "GET /api/v1/health 304 0 bytes" in product.log())
    assert "GET /api/v1/servers 401" in product.log()
    assert "token=" not in product.log()


def test_who_asks_much_at_once_lets_others_ask_between(product: Product) -> None:
    before = len(product.log())
    address = ("127.0.0.1", product.port)
    with (
        socket.create_connection(address, 30) as greedy,
        socket.create_connection(address, 30) as other,
    ):
        # All of it is read at once.
        greedy.sendall(question("/api/v1/health") * QUESTIONS)
        other.sendall(question("/api/v1/alerts/active"))
        other.recv(1)
        wait_until(lambda: product.log()[before:].count("GET /api/v1/health 200") == QUESTIONS)
    lines = product.log()[before:].splitlines()
    (turn,) = [number for number, line in enumerate(lines) if "/api/v1/alerts/active" in line]
    assert turn < QUESTIONS


def question(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def lines_at_once(product: Product, last_event_id: str, *, are_many: bool = True) -> list[bytes]:
    """Return what a reader of events gets at once: a hint, and an event if ``are_many``."""
    request = (
        "GET /api/v1/sse/dashboard HTTP/1.1\r\nHost: localhost\r\n"
        f"Last-Event-ID: {last_event_id}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", product.port), 30) as sock:
        sock.sendall(request.encode())
        text = b""
        while text.count(b"\n\n") < (2 if are_many else 1):
            text += sock.recv(65536)
        sock.settimeout(0.3)
        with suppress(TimeoutError):
            text += sock.recv(65536)
    return text.partition(b"\r\n\r\n")[2].splitlines()


def test_a_reader_of_events_that_comes_back_gets_what_it_has_missed(product: Product) -> None:
    hint, _, name, identity, data, _ = lines_at_once(product, "")
    assert (hint[:7], name, data[:7]) == (b"retry: ", b"event: dashboard", b"data: {")
    epoch, _, version = identity.removeprefix(b"id: ").decode().rpartition("-")
    assert lines_at_once(product, f"{epoch}-0")[2:5] == [name, identity, data]
    assert lines_at_once(product, f"of-an-earlier-start-{version}")[3] == identity
    (hint, _) = lines_at_once(product, f"{epoch}-{version}", are_many=False)
    assert hint[:7] == b"retry: "
