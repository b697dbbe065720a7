"""Each limit once in real time, shortened so that a test can wait for it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.stream.peer import CLOSE, PING, PONG, TEXT, masked
from tests.web.live_server import LiveServer, live_server

pytestmark = pytest.mark.real
NOTHING = b"{}"
LIMITS = {
    "ping_interval_seconds": 1.2,
    "silence_seconds": 2.0,
    "stall_seconds": 1.0,
    "close_seconds": 0.5,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    directory = tmp_path_factory.mktemp("limits")
    with live_server(directory, LIVE_LIMITS=json.dumps(LIMITS)) as running:
        yield running


@pytest.fixture(autouse=True)
def _nobody_is_left(server: LiveServer) -> Iterator[None]:
    server.publish("state", NOTHING)
    yield
    server.close_all()
    server.wait_for_clients(0)


@pytest.mark.timed
def test_a_client_that_never_answers_a_ping_is_closed_and_forgotten(server: LiveServer) -> None:
    started_at = time.monotonic()
    peer = server.connect()
    received = peer.frames()

    assert [frame.opcode for frame in received] == [TEXT, PING, CLOSE]
    assert received[-1].code == 1011
    assert 2.0 <= time.monotonic() - started_at < 4.0
    server.wait_for_clients(0)


@pytest.mark.timed
def test_a_client_that_answers_pings_stays(server: LiveServer) -> None:
    with connect(server.url, ping_interval=None) as client:
        time.sleep(1.5 * LIMITS["silence_seconds"])
        server.publish("event", b'"still here"')
        assert [client.recv(timeout=20) for _ in range(2)] == ["{}", '"still here"']


@pytest.mark.timed
def test_data_is_a_sign_of_life_too(server: LiveServer) -> None:
    peer = server.connect()
    for _ in range(5):
        time.sleep(0.6)
        peer.send(masked(PONG, b"unasked"))

    assert server.vitals()["clients"] == 1


@pytest.mark.timed
def test_a_client_that_reads_nothing_is_given_up_when_no_byte_is_accepted(
    server: LiveServer,
) -> None:
    peer = server.connect(receive_buffer_bytes=4096)
    server.publish("state", b'"' + b"x" * 4_000_000 + b'"')
    started_at = time.monotonic()
    while server.vitals()["clients"]:
        with suppress(OSError):  # it may be closed between these two lines
            peer.send(masked(PONG, b"alive, but not reading"))
        time.sleep(0.1)
        assert time.monotonic() - started_at < 5

    assert time.monotonic() - started_at >= 0.9


@pytest.mark.timed
def test_a_client_that_does_not_answer_a_close_is_hung_up_on(server: LiveServer) -> None:
    peer = server.connect()
    peer.send(b"\xff\xff")
    started_at = time.monotonic()
    server.wait_for_clients(0)

    assert 0.4 <= time.monotonic() - started_at < 2.5


def test_the_rate_limit_spares_who_keeps_to_it(server: LiveServer) -> None:
    with connect(server.url) as client:
        for _ in range(90):
            client.send("hello")
        assert client.ping().wait(30)

    with connect(server.url) as flooder, pytest.raises(ConnectionClosed) as closed:
        flood(flooder)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def flood(client: ClientConnection) -> None:
    for _ in range(300):
        client.send("hello")
    list(client)
