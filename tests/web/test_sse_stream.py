"""Event streams over real sockets: slow readers, far readers, rude ones, and many of them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.stream.reader import Reader
from tests.web.live_server import LITTLE_BYTES, LiveServer, live_server

pytestmark = pytest.mark.real
SMALL_BUFFER = 4096
NOTHING = b"{}"
CONNECTIONS = int(os.environ.get("TEST_CONNECTIONS", "1000"))
LIMITS = {"comment_interval_seconds": 0.6, "stall_seconds": 1.0, "close_seconds": 0.5}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("events")) as running:
        yield running


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("hasty"), LIVE_LIMITS=json.dumps(LIMITS)) as running:
        running.publish("state", NOTHING)
        yield running
        running.close_all()
        running.wait_for_clients(0)


@pytest.fixture(autouse=True)
def _nobody_is_left(server: LiveServer) -> Iterator[None]:
    server.publish("state", NOTHING)
    yield
    server.close_all()
    server.wait_for_clients(0)


def reader(server: LiveServer, **options: int) -> Reader:
    """Connect, and take the event that every newcomer gets at once."""
    made = server.listen(**options)
    assert made.data(1) == [NOTHING]
    return made


def read_until(found: Reader, last: int) -> list[int]:
    """Read states until ``last``, each byte of each event checked."""
    seen: list[int] = []
    while last not in seen:
        event = found.event()
        assert event is not None, f"ended after {len(seen)} events"
        document = event.document
        assert set(document["filler"]) == {chr(97 + document["number"] % 26)}
        seen.append(document["number"])
    return seen


def feed(server: LiveServer, **wanted: float) -> threading.Thread:
    thread = threading.Thread(target=server.ask, args=("/feed", json.dumps(wanted).encode()))
    thread.start()
    return thread


def test_the_answer_begins_with_what_readers_and_proxies_need(server: LiveServer) -> None:
    made = server.listen("Connection: keep-alive", "Accept: text/event-stream")

    assert "Content-Type: text/event-stream" in made.head
    assert "Connection: close" in made.head
    assert "Content-Length" not in made.head
    assert "Transfer-Encoding" not in made.head
    assert made.data(1) == [NOTHING]
    assert made.retry is not None


@pytest.mark.timed
def test_a_reader_stalled_for_5_s_comes_back_to_the_newest_and_no_broken_event(
    server: LiveServer,
) -> None:
    stalled, healthy = reader(server, receive_buffer_bytes=SMALL_BUFFER), reader(server)
    feeding = feed(server, count=60, state_bytes=100_000, event_bytes=100, pause_seconds=0.1)
    healthy_saw: list[int] = []
    reading = threading.Thread(target=lambda: healthy_saw.extend(read_until(healthy, 59)))
    reading.start()
    stalled.data(2)
    time.sleep(5)
    saw = read_until(stalled, 59)
    feeding.join(30)
    reading.join(10)

    assert saw == sorted(saw)
    assert len(saw) < 40, "superseded states were not dropped"
    assert healthy_saw == list(range(60))


@pytest.mark.timed
def test_with_segments_of_1400_bytes_every_event_of_120_kb_arrives_intact(
    server: LiveServer,
) -> None:
    readers = [reader(server, segment_bytes=1400) for _ in range(3)]
    feeding = feed(server, count=15, state_bytes=120_000, event_bytes=500, pause_seconds=0.1)
    saws: list[list[int]] = [[] for _ in readers]
    threads = [
        threading.Thread(target=lambda r=one, s=saw: s.extend(read_until(r, 14)))
        for one, saw in zip(readers, saws, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    feeding.join(30)

    assert saws == [list(range(15))] * 3


@pytest.mark.timed
def test_a_reader_that_never_reads_delays_nobody(server: LiveServer) -> None:
    reader(server, receive_buffer_bytes=SMALL_BUFFER)
    healthy = reader(server)
    slowest_seconds = 0.0
    for number in range(40):
        payload = b'"' + b"%06d" % number + b"x" * 100_000 + b'"'
        slowest_seconds = max(slowest_seconds, server.publish("state", payload))
        assert healthy.data(1) == [payload]

    assert slowest_seconds < 0.25


@pytest.mark.timed
def test_a_reader_that_never_reads_is_given_up(hasty: LiveServer) -> None:
    reader(hasty, receive_buffer_bytes=SMALL_BUFFER)
    hasty.publish("state", b'"' + b"x" * 4_000_000 + b'"')
    began_at = time.monotonic()
    hasty.wait_for_clients(0)

    assert 0.9 <= time.monotonic() - began_at < 5
    hasty.publish("state", NOTHING)


def test_comments_keep_a_quiet_stream_alive(hasty: LiveServer) -> None:
    quiet = reader(hasty)
    for _ in range(2):
        assert quiet.wait_for_comment() == b""
    hasty.publish("state", b"1")
    assert quiet.data(1) == [b"1"]
    quiet.sock.close()
    hasty.wait_for_clients(0)


@pytest.mark.parametrize("is_half", [True, False])
def test_a_reader_that_leaves_or_closes_its_half_is_forgotten(
    server: LiveServer, is_half: bool
) -> None:
    leaving = reader(server)
    server.wait_for_clients(1)
    if is_half:
        leaving.sock.shutdown(socket.SHUT_WR)
    else:
        leaving.sock.close()

    server.wait_for_clients(0)


@pytest.mark.timed
def test_a_reader_that_floods_us_is_hung_up_on_while_rest_answers(server: LiveServer) -> None:
    before = server.vitals()["memory_bytes"]
    rude = reader(server)

    def flood() -> None:
        with contextlib.suppress(OSError):
            rude.sock.sendall(b"x" * 50_000_000)

    flooding = threading.Thread(target=flood)
    flooding.start()
    began_at = time.monotonic()
    server.vitals()
    assert time.monotonic() - began_at < 2.0
    server.wait_for_clients(0)
    flooding.join(10)
    assert server.vitals()["memory_bytes"] - before < 5_000_000


def test_an_old_proxy_that_speaks_http_1_0_gets_the_stream_too(server: LiveServer) -> None:
    old = Reader(server.request(line="GET /api/v1/sse/dashboard HTTP/1.0"))
    old.read_head()

    assert old.head.startswith("HTTP/1.0 200 ")
    assert old.data(1) == [NOTHING]


@pytest.mark.parametrize(
    "odd", ["", "e-", "\xff\xfe", "x" * 4000, "e-1\x00", "0x10", "e-1, e-1", "e-" + "9" * 4000]
)
def test_an_odd_last_event_id_is_never_an_error_of_ours(server: LiveServer, odd: str) -> None:
    sock = server.request(
        "Host: 127.0.0.1", f"Last-Event-ID: {odd}", line="GET /api/v1/sse/dashboard HTTP/1.1"
    )

    assert sock.recv(12) in {b"HTTP/1.1 200", b"HTTP/1.1 400"}


def test_readers_that_come_and_go_leave_nothing(server: LiveServer) -> None:
    for _ in range(50):
        reader(server).sock.close()
    server.wait_for_clients(0)

    def come_and_go() -> None:
        for number in range(CONNECTIONS):
            leaving = reader(server)
            if number % 2:
                leaving.sock.shutdown(socket.SHUT_WR)
                assert leaving.events() == []
            leaving.sock.close()

    grown = server.growth(come_and_go)
    assert (grown["clients"], grown["threads"], grown["descriptors"]) == (0, 0, 0)
    assert grown["memory_bytes"] < LITTLE_BYTES


def test_beyond_the_cap_which_websockets_share_the_answer_is_503(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with live_server(tmp_path_factory.mktemp("cap"), LIVE_MAX_CLIENTS="2") as small:
        small.connect()
        first = small.listen()
        refused = Reader(
            small.request("Host: 127.0.0.1", line="GET /api/v1/sse/dashboard HTTP/1.1")
        )
        refused.read_head()
        assert refused.head.startswith("HTTP/1.1 503 ")
        assert "Retry-After: 10" in refused.head
        first.sock.close()
        small.wait_for_clients(1)
        small.listen()


@pytest.mark.timed
def test_sigterm_ends_50_streams_cleanly_and_the_process_leaves_within_3_s(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with live_server(tmp_path_factory.mktemp("stop")) as stopping:
        readers = [stopping.listen() for _ in range(50)]
        stopping.listen(receive_buffer_bytes=SMALL_BUFFER)
        stopping.wait_for_clients(51)
        stopping.publish("state", b'"' + b"x" * 300_000 + b'"')
        assert all(len(made.data(1)) == 1 for made in readers)
        ended: list[bytes] = []
        threads = [
            threading.Thread(target=lambda r=made: (r.events(), ended.append(r.comments[-1])))
            for made in readers
        ]
        for thread in threads:
            thread.start()
        began_at = time.monotonic()
        stopping.process.terminate()
        assert stopping.process.wait(10) == 0
        assert time.monotonic() - began_at < 3.0
        for thread in threads:
            thread.join(10)
        assert ended == [b"shutting down"] * 50
