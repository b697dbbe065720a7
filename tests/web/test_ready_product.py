"""Prepared answers over HTTP, as gunicorn sends them: one connection, many questions."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
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
