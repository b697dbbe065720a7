from __future__ import annotations

import random
import socket
import threading
import time

import pytest

from monserv.clock import ManualClock, SystemClock
from monserv.stream import frames
from monserv.stream.limits import Limits
from monserv.stream.socket import ClientSocket
from tests.stream.conftest import Connection
from tests.stream.peer import CLOSE, PING, PONG, TEXT, Peer
from tests.waiting import eventually

LARGE = 200_000
SMALL_BUFFER = 4096


def drainers() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith("monserv-client")]


def sent(client: ClientSocket, needs_drainer: bool) -> None:
    if needs_drainer:
        client.start_drainer()


def test_a_frame_that_fits_is_written_at_once_and_starts_no_thread(connection: Connection) -> None:
    ours, theirs = connection()
    client = ClientSocket(ours, SystemClock(), Limits())

    assert not client.send_state(frames.text(b"hello"))
    assert Peer(theirs).texts(1) == [b"hello"]
    assert drainers() == []


@pytest.mark.timed
def test_a_sender_never_waits_for_a_client_that_does_not_read(connection: Connection) -> None:
    ours, _theirs = connection(SMALL_BUFFER)
    client = ClientSocket(ours, SystemClock(), Limits())

    started_at = time.monotonic()
    sent(client, client.send_state(frames.text(b"x" * LARGE)))
    for number in range(1000):
        client.send_state(frames.text(b"%d" % number * LARGE))

    assert time.monotonic() - started_at < 1.0
    client.abort()
    client.finish()


def test_no_frame_ever_begins_inside_a_half_sent_one(connection: Connection) -> None:
    ours, theirs = connection(SMALL_BUFFER)
    client = ClientSocket(ours, SystemClock(), Limits())
    peer = Peer(theirs)

    sent(client, client.send_state(frames.text(b"x" * LARGE)))
    client.send_ping()
    client.send_pong(b"answer")
    client.send_event(frames.text(b"event"))
    client.send_state(frames.text(b"y" * LARGE))

    received = [peer.frame() for _ in range(5)]
    assert [(each.opcode, len(each.payload)) for each in received if each] == [
        (TEXT, LARGE),
        (PONG, 6),
        (PING, 0),
        (TEXT, 5),
        (TEXT, LARGE),
    ]
    client.finish()


def test_many_senders_and_a_fitful_reader_leave_every_frame_whole(connection: Connection) -> None:
    ours, theirs = connection(SMALL_BUFFER)
    client = ClientSocket(ours, SystemClock(), Limits(max_pending_events=100_000))
    peer = Peer(theirs)
    count = 60

    def send(sender: int) -> None:
        for number in range(count):
            body = b"%d:%d:" % (sender, number) + b"z" * (1 + 7919 * number % 30_000)
            sent(client, client.send_event(frames.text(body)))
            sent(client, client.send_ping())
            time.sleep(0)

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(4)]
    for thread in senders:
        thread.start()
    seen: dict[int, list[int]] = {sender: [] for sender in range(4)}
    for index in range(4 * count):
        if index % 50 == 0:
            time.sleep(0.05)
        sender, number, body = peer.texts(1)[0].split(b":")
        assert body == b"z" * (1 + 7919 * int(number) % 30_000)
        seen[int(sender)].append(int(number))

    assert seen == {sender: list(range(count)) for sender in range(4)}
    for thread in senders:
        thread.join(30)
    assert eventually(lambda: drainers() == [])
    client.finish()


def test_a_write_of_which_no_byte_is_accepted_for_10_s_ends_the_connection(
    connection: Connection,
) -> None:
    clock = ManualClock()
    ours, _theirs = connection(SMALL_BUFFER)
    client = ClientSocket(ours, clock, Limits())
    sent(client, client.send_state(frames.text(b"x" * LARGE)))

    clock.advance(9.9)
    time.sleep(1.2)
    assert not client.is_over()
    clock.advance(0.1)
    assert eventually(client.is_over)
    assert eventually(lambda: drainers() == [])
    assert client.receive() == b""


def test_a_reader_that_takes_a_little_now_and_then_is_slow_and_not_stalled(
    connection: Connection,
) -> None:
    clock = ManualClock()
    ours, theirs = connection(SMALL_BUFFER)
    client = ClientSocket(ours, clock, Limits())
    payload = random.Random(1).randbytes(LARGE)
    sent(client, client.send_state(frames.text(payload)))
    theirs.settimeout(30)
    received = b""
    while len(received) < LARGE // 2:
        received += theirs.recv(20_000)
        time.sleep(0.02)
        clock.advance(6)

    assert not client.is_over()
    while len(received) < LARGE + 10:
        received += theirs.recv(20_000)
    assert received[10:] == payload
    client.finish()


def test_one_event_too_many_for_a_stalled_client_closes_it_1013_with_the_others_delivered(
    connection: Connection,
) -> None:
    ours, theirs = connection(SMALL_BUFFER)
    client = ClientSocket(ours, SystemClock(), Limits())
    peer = Peer(theirs)
    sent(client, client.send_state(frames.text(b"x" * LARGE)))
    for number in range(300):
        client.send_event(frames.text(b"%d" % number))

    received = [peer.frame() for _ in range(258)]
    assert [each.payload for each in received[1:-1] if each] == [b"%d" % n for n in range(256)]
    assert received[-1] is not None
    assert (received[-1].opcode, received[-1].code) == (CLOSE, 1013)
    client.finish()


def test_nothing_follows_a_close(connection: Connection) -> None:
    ours, theirs = connection()
    client = ClientSocket(ours, SystemClock(), Limits())

    client.send_close(1001)
    client.send_close(1000)
    client.send_event(frames.text(b"late"))
    client.send_state(frames.text(b"late"))
    client.send_ping()
    client.send_pong(b"late")
    client.finish()
    ours.close()

    assert [(each.opcode, each.code) for each in Peer(theirs).frames()] == [(CLOSE, 1001)]


def test_a_client_that_is_gone_is_noticed_without_an_error(connection: Connection) -> None:
    ours, theirs = connection()
    client = ClientSocket(ours, SystemClock(), Limits())
    theirs.close()

    client.send_state(frames.text(b"x"))
    client.send_state(frames.text(b"x"))

    assert client.is_over()


def test_a_peer_that_leaves_while_something_waits_ends_the_drainer(connection: Connection) -> None:
    ours, theirs = connection(SMALL_BUFFER)
    client = ClientSocket(ours, SystemClock(), Limits())
    sent(client, client.send_state(frames.text(b"x" * LARGE)))

    theirs.close()

    assert eventually(lambda: drainers() == [])
    client.finish()


def test_finish_lets_a_waiting_close_go_out(connection: Connection) -> None:
    ours, theirs = connection(SMALL_BUFFER)
    client = ClientSocket(ours, SystemClock(), Limits())
    sent(client, client.send_state(frames.text(b"x" * LARGE)))
    client.send_close(1000, keep_events=False)
    found: list[int | None] = []
    reader = threading.Thread(
        target=lambda: found.extend(each.code for each in Peer(theirs).frames())
    )
    reader.start()

    client.finish()
    ours.close()
    reader.join(30)

    assert found[-1] == 1000


@pytest.mark.timed
def test_finish_is_bounded_when_the_peer_does_not_read(connection: Connection) -> None:
    ours, _theirs = connection(SMALL_BUFFER)
    client = ClientSocket(ours, SystemClock(), Limits(close_seconds=0.2))
    sent(client, client.send_state(frames.text(b"x" * LARGE)))
    client.send_close(1000)

    started_at = time.monotonic()
    client.finish()

    assert time.monotonic() - started_at < 2.0
    assert eventually(lambda: drainers() == [])


def test_a_peer_that_has_vanished_is_given_up_by_the_kernel_after_60_s() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
        with ours, theirs:
            ClientSocket(ours, SystemClock(), Limits())
            assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
