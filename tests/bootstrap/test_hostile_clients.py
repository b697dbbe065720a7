"""Clients that send what no honest one sends: none of them stands in another's way."""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.bootstrap.starting import Copy, this_checkout

pytestmark = pytest.mark.real

CANARY = "k4n4r1e"
PATIENCE_SECONDS = 3.0
ENDED_SECONDS = 20.0
GET = b"GET /api/v1/servers HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /api/state HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One server that outlives them all."""
    with this_checkout(tmp_path_factory.mktemp("hostile")) as here:
        here.start().wait_until_it_answers(60)
        yield here.port


@contextlib.contextmanager
def flooded(port: int, first: bytes, more: bytes) -> Iterator[None]:
    """Send ``first``, and once that is answered ``more`` for ever; read what comes back."""
    with socket.create_connection(("127.0.0.1", port)) as client:

        def send() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client.sendall(more)

        def receive() -> None:
            with contextlib.suppress(OSError):
                while client.recv(1 << 20):
                    pass

        client.sendall(first)
        client.recv(1)
        threads = [threading.Thread(target=work) for work in (send, receive)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def seconds_until_an_answer(port: int) -> float:
    started_at = time.monotonic()
    with contextlib.suppress(OSError):
        url = f"http://127.0.0.1:{port}/healthz"
        urllib.request.urlopen(url, timeout=PATIENCE_SECONDS).close()
    return time.monotonic() - started_at


def answer(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers by their small names, and body of what ends the connection."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), 5) as client:
        client.sendall(request)
        while data := client.recv(65536):
            said += data
    head, _, body = said.partition(b"\r\n\r\n")
    status, *lines = head.decode("ascii").split("\r\n")
    fields = (line.split(": ", 1) for line in lines)
    return int(status.split()[1]), {name.lower(): text for name, text in fields}, body


def line(target: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


@pytest.mark.timed
@pytest.mark.parametrize(
    ("first", "more"),
    [
        (GET, GET * 20000),
        (POST + b"Content-Length: 99999999999\r\n\r\n", b"x" * (1 << 20)),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 150000),
    ],
    ids=["requests", "a body", "chunks"],
)
def test_a_client_that_always_has_more_to_send_keeps_no_other_waiting(
    port: int, first: bytes, more: bytes
) -> None:
    with flooded(port, first, more):
        time.sleep(0.2)
        assert statistics.median(seconds_until_an_answer(port) for _ in range(5)) < 1


NO_REQUESTS = [
    (f"{CANARY}\r\n\r\n".encode(), 400),
    (line("/", f"Content-Length: {CANARY}"), 400),
    (line(f"/{CANARY * 2000}"), 414),
    (line("/", f"Expect: {CANARY}"), 417),
    (line("/", f"X: {CANARY * 2000}"), 431),
    (line("/", f"Transfer-Encoding: {CANARY}"), 501),
    # What two readers of one request would understand differently.
    (line("/", "Content-Length: 5", "Content-Length: 6"), 400),
    (line("/", "Content-Length: 5", "Transfer-Encoding: chunked"), 400),
    (line("/", "Transfer-Encoding: chunked, identity"), 400),
    (line("/", "Content-Length: +5"), 400),
    (line("/", f"X-A : {CANARY}"), 400),
    (line("/", f"X-A: b\r\n {CANARY}"), 400),
    (line("/", "Host: localhost"), 400),
]


def test_what_is_no_request_is_refused_in_the_envelope_and_not_repeated(port: int) -> None:
    for asked, code in NO_REQUESTS:
        status, headers, body = answer(port, asked)
        assert (status, headers["content-type"]) == (code, "application/json")
        assert headers["x-content-type-options"] == "nosniff"
        said = json.loads(body)
        assert said == {"success": False, "error": said["error"], "code": code, "errors": {}}
        assert CANARY not in f"{headers}{body!r}"


def seconds_until_the_end(port: int, first: bytes, drip: bytes) -> float:
    """Send ``first``, then ``drip`` twice a second, until the connection is ended."""
    began_at = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 5) as client:
        client.settimeout(0.5)
        with contextlib.suppress(ConnectionError):
            client.sendall(first)
            while time.monotonic() - began_at < ENDED_SECONDS:
                with contextlib.suppress(TimeoutError):
                    while client.recv(65536):
                        pass
                    break
                client.sendall(drip)
    return time.monotonic() - began_at


@pytest.mark.timed
def test_headers_and_bodies_that_drip_are_cut_off(port: int) -> None:
    body = b"POST /api/test-alert HTTP/1.1\r\nHost: localhost\r\n"
    cases = [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ", b"a"),
        (b"GET / HTTP/1.1\r\n", b"X: a\r\n"),
        (b"", b""),
        (body + b"Content-Length: 100000\r\n\r\n", b"a"),
        (body + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    ]
    with ThreadPoolExecutor(len(cases)) as clients:
        took = list(clients.map(lambda case: seconds_until_the_end(port, *case), cases))
    assert [seconds < ENDED_SECONDS for seconds in took] == [True] * len(cases), took


def test_odd_but_honest_requests_reach_the_application(port: int) -> None:
    prefix, schemes = ["SCRIPT_NAME: /zzz"], ["X-Forwarded-Proto: https", "X-Forwarded-Ssl: off"]
    for headers in (prefix, schemes):
        assert answer(port, line("/healthz", *headers, "Connection: close"))[0] == 200
    longest = f"/api/v1/servers/metrics?url={'a' * 4096}"
    assert answer(port, line(longest, "Connection: close"))[0] == 404


def test_a_thousand_requests_that_are_none_leave_a_handful_of_lines(here: Copy) -> None:
    start = here.start()
    start.wait_until_it_answers(60)
    for _ in range(1000):
        assert answer(here.port, b"X\r\n\r\n")[0] == 400
    assert 5 <= start.said.count("Invalid request") < 10
