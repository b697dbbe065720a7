from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stream.peer import CLOSE, COMPRESSED, PING, PONG, TEXT, Peer, deflated, masked
from tests.web.live_server import LITTLE_BYTES, LiveServer, live_server

pytestmark = pytest.mark.real
SMALL_BUFFER = 4096
NOTHING = b"{}"
CONNECTIONS = int(os.environ.get("TEST_CONNECTIONS", "1000"))


def compressed(payload: bytes, *, fin: bool = True) -> bytes:
    return masked(TEXT, deflated(payload), fin=fin, reserved=COMPRESSED)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("stream")) as running:
        yield running


@pytest.fixture(autouse=True)
def _nobody_is_left(server: LiveServer) -> Iterator[None]:
    server.publish("state", NOTHING)
    yield
    server.close_all()
    server.wait_for_clients(0)


def client(server: LiveServer, **options: Any) -> Peer:
    """Connect, and take the state that every newcomer gets at once."""
    peer = server.connect(**options)
    assert peer.texts(1) == [NOTHING]
    return peer


class Feed:
    """Publishes states, and an event with every third, in the background."""

    def __init__(self, server: LiveServer, **wanted: float) -> None:
        body = json.dumps(wanted).encode()
        self._thread = threading.Thread(target=server.ask, args=("/feed", body))
        self._thread.start()

    def wait(self) -> None:
        self._thread.join(30)


def checked(payload: bytes) -> tuple[str, int]:
    """Return what a document of the feed is; every byte of it must be right."""
    document: dict[str, Any] = json.loads(payload)
    letter = chr(97 + document["number"] % 26)
    assert set(document["filler"]) == {letter}
    return document["kind"], document["number"]


def read_until(peer: Peer, last: tuple[str, int]) -> list[tuple[str, int]]:
    """Read documents until ``last``, each byte of each frame checked; answer pings."""
    seen: list[tuple[str, int]] = []
    while last not in seen:
        frame = peer.frame()
        assert frame is not None, f"closed after {len(seen)} frames"
        assert frame.opcode == TEXT
        seen.append(checked(frame.payload))
    return seen


@pytest.mark.timed
def test_a_reader_stalled_for_5_s_among_100_kb_frames_gets_an_uncorrupted_stream(
    server: LiveServer,
) -> None:
    stalled = client(server, receive_buffer_bytes=SMALL_BUFFER)
    healthy = client(server)
    feed = Feed(server, count=60, state_bytes=100_000, event_bytes=100, pause_seconds=0.1)
    reader_saw: list[tuple[str, int]] = []
    reader = threading.Thread(target=lambda: reader_saw.extend(read_until(healthy, ("state", 59))))
    reader.start()
    stalled.texts(3)
    time.sleep(5)
    saw = read_until(stalled, ("state", 59))
    feed.wait()
    reader.join(10)

    states = [number for kind, number in saw if kind == "state"]
    assert states == sorted(states)
    assert len(states) < 40, "superseded states were not dropped"
    events = [number for kind, number in saw if kind == "event"]
    assert events == list(range(events[0], 60, 3)), "an alert was lost"
    assert [number for kind, number in reader_saw if kind == "state"] == list(range(60))


@pytest.mark.timed
def test_with_segments_of_1400_bytes_every_frame_of_120_kb_arrives_intact(
    server: LiveServer,
) -> None:
    peers = [client(server, segment_bytes=1400) for _ in range(3)]
    feed = Feed(server, count=15, state_bytes=120_000, event_bytes=500, pause_seconds=0.1)
    saws: list[list[tuple[str, int]]] = [[] for _ in peers]
    readers = [
        threading.Thread(target=lambda p=peer, s=saw: s.extend(read_until(p, ("state", 14))))
        for peer, saw in zip(peers, saws, strict=True)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(20)
    feed.wait()

    for saw in saws:
        assert [n for kind, n in saw if kind == "state"] == list(range(15))
        assert [n for kind, n in saw if kind == "event"] == [0, 3, 6, 9, 12]


def test_pings_of_a_slow_reader_never_land_inside_a_half_sent_frame(server: LiveServer) -> None:
    peer = client(server, receive_buffer_bytes=SMALL_BUFFER)
    payload = b'"' + b"a" * 3_000_000 + b'"'
    server.publish("state", payload)
    for number in range(20):
        peer.send(masked(PING, b"%d" % number))
        time.sleep(0.01)

    first = peer.frame()
    assert first is not None
    assert first.payload == payload
    answer = peer.frame()
    assert answer is not None
    assert (answer.opcode, answer.payload) == (PONG, b"19")


@pytest.mark.timed
def test_a_stalled_client_never_delays_the_others(server: LiveServer) -> None:
    client(server, receive_buffer_bytes=SMALL_BUFFER)
    healthy = client(server)
    slowest_publish = slowest_arrival = 0.0
    for number in range(40):
        payload = b'"' + b"%06d" % number + b"x" * 100_000 + b'"'
        started_at = time.monotonic()
        slowest_publish = max(slowest_publish, server.publish("state", payload))
        assert healthy.texts(1) == [payload]
        slowest_arrival = max(slowest_arrival, time.monotonic() - started_at)

    assert slowest_publish < 0.25
    assert slowest_arrival < 0.5


def test_a_client_that_cannot_keep_up_with_256_alerts_is_closed_1013_with_all_of_them(
    server: LiveServer,
) -> None:
    slow = client(server, receive_buffer_bytes=SMALL_BUFFER)
    large = b'"' + b"x" * 3_000_000 + b'"'
    server.publish("state", large)
    for number in range(258):
        server.publish("event", b"%d" % number)

    assert slow.texts(257) == [large, *(b"%d" % number for number in range(256))]
    last = slow.frame()
    assert last is not None
    assert (last.opcode, last.code) == (CLOSE, 1013)


def test_connections_that_come_and_go_leave_nothing(server: LiveServer) -> None:
    for _ in range(50):
        client(server).sock.close()
    server.wait_for_clients(0)

    def come_and_go() -> None:
        for number in range(CONNECTIONS):
            peer = client(server)
            if number % 2:
                peer.send(masked(CLOSE, b"\x03\xe8"))
                assert [frame.code for frame in peer.frames() if frame.opcode == CLOSE] == [1000]
            peer.sock.close()

    grown = server.growth(come_and_go)
    assert (grown["clients"], grown["threads"], grown["descriptors"]) == (0, 0, 0)
    assert grown["memory_bytes"] < LITTLE_BYTES


@pytest.mark.timed
@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(masked(TEXT, b"") * 1_000_000, 1008, id="a million tiny frames"),
        pytest.param(masked(PING, b"x" * 125) * 50_000, 1008, id="ping flood"),
        pytest.param(
            masked(TEXT, b"x", fin=False) + masked(0, b"x" * 100, fin=False) * 50_000,
            1009,
            id="fragments without end",
        ),
        pytest.param(masked(TEXT, b"x" * 513), 1009, id="oversize"),
        pytest.param(b"\x81\xff\x7f" + b"\xff" * 7 + b"x" * 1_000_000, 1009, id="endless frame"),
        pytest.param(
            masked(TEXT, b"\x00" * 400, reserved=0x40), 1002, id="compressed, not agreed on"
        ),
        pytest.param(masked(TEXT, b"\xc0\x80"), 1007, id="bad UTF-8"),
        pytest.param(masked(TEXT, b"x", reserved=0x20), 1002, id="reserved bit"),
        pytest.param(masked(TEXT, b"x", mask=False), 1002, id="unmasked"),
        pytest.param(masked(0xB), 1002, id="bad opcode"),
        pytest.param(masked(PING, b"x" * 126), 1002, id="oversize ping"),
    ],
)
def test_abuse_is_closed_with_its_code_while_rest_answers_and_memory_is_flat(
    server: LiveServer, data: bytes, code: int
) -> None:
    abuse(server, data, code)


@pytest.mark.timed
@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(compressed(bytes(100_000)), 1009, id="a bomb in one frame"),
        pytest.param(
            compressed(b"", fin=False) + masked(0, deflated(bytes(90_000)), fin=False) * 2000,
            1009,
            id="a bomb in pieces",
        ),
        pytest.param(compressed(bytes(512)) * 50_000, 1008, id="a flood of small bombs"),
        pytest.param(masked(TEXT, b"\xff\xff", reserved=COMPRESSED), 1007, id="no DEFLATE data"),
        pytest.param(masked(PING, b"", reserved=COMPRESSED), 1002, id="a compressed ping"),
    ],
)
def test_abuse_of_compression_is_closed_with_its_code_just_so(
    server: LiveServer, data: bytes, code: int
) -> None:
    abuse(server, data, code, is_deflated=True)


def abuse(server: LiveServer, data: bytes, code: int, *, is_deflated: bool = False) -> None:
    before = server.vitals()
    abuser = client(server, is_deflated=is_deflated)
    sender = threading.Thread(target=_send_all, args=(abuser, data))
    sender.start()
    started_at = time.monotonic()
    server.vitals()
    assert time.monotonic() - started_at < 2.0

    codes = [frame.code for frame in abuser.frames() if frame.opcode == CLOSE]
    abuser.sock.close()
    sender.join(30)
    server.wait_for_clients(0)

    assert codes == [code]
    assert server.vitals()["memory_bytes"] - before["memory_bytes"] < 5_000_000


def _send_all(peer: Peer, data: bytes) -> None:
    try:
        peer.sock.sendall(data)
    except OSError:
        return
