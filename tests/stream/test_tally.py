"""Why clients are gone is counted, and said in the log."""

from __future__ import annotations

import socket

from monserv.clock import SystemClock
from monserv.stream.forms import WEB_SOCKET_DEFLATE
from monserv.stream.limits import Limits
from monserv.stream.socket import ClientSocket
from monserv.stream.tally import Tally
from tests.stream.conftest import BuildHouse, House
from tests.stream.peer import CLOSE, TEXT, masked, until_closed
from tests.waiting import eventually

LARGE = b'"' + b"x" * 200_000 + b'"'
SMALL_BUFFER = 4096


def closed(house: House) -> dict[tuple[str, str], int]:
    return dict(house.hub.traffic().closed)


def test_who_says_so_who_just_goes_and_who_breaks_a_rule_are_told_apart(house: House) -> None:
    leaving, going, *breaking = (house.connect() for _ in range(5))
    leaving.send(masked(CLOSE, b"\x03\xe9"))
    going.sock.close()
    for peer, frame in zip(
        breaking, [b"\xff\xff", masked(TEXT, b"x" * 513), masked(TEXT, b"\xff")], strict=True
    ):
        peer.send(frame)
        until_closed(peer)

    assert eventually(house.is_empty)
    assert closed(house) == {
        ("peer", ""): 1,
        ("lost", ""): 1,
        ("violation", "1002"): 1,
        ("violation", "1009"): 1,
        ("violation", "1007"): 1,
    }


def test_who_reads_too_slowly_is_silent_or_may_not_stay_is_counted_so(
    build_house: BuildHouse,
) -> None:
    house = build_house(Limits(max_pending_events=3))
    slow = house.connect(SMALL_BUFFER)
    for _ in range(5):
        house.tell(LARGE)
    assert until_closed(slow) == 1013
    assert eventually(house.is_empty)

    revoked = house.connect(credential="old")
    house.hub.drop(lambda credential: credential == "old")
    assert until_closed(revoked) == 1008
    assert eventually(house.is_empty)

    silent = house.connect()
    house.clock.advance(60)
    house.hub.tend()
    assert until_closed(silent) == 1011
    assert eventually(house.is_empty)

    house.connect()
    house.hub.stop(0.1)
    assert closed(house) == {
        ("slow", ""): 1,
        ("revoked", ""): 1,
        ("silent", ""): 1,
        ("shutdown", ""): 1,
    }


def test_who_accepts_no_byte_is_slow(build_house: BuildHouse) -> None:
    house = build_house(Limits(stall_seconds=0.05), clock=SystemClock())
    house.connect(SMALL_BUFFER)
    house.hub.publish_state(LARGE)

    assert eventually(house.is_empty)
    assert closed(house) == {("slow", ""): 1}


def test_who_finds_no_place_is_counted_so(build_house: BuildHouse) -> None:
    house = build_house(max_clients=1)
    house.connect()
    late = house.connect()
    assert until_closed(late) == 1013

    assert eventually(lambda: closed(house) == {("overload", ""): 1})


def test_frames_that_wait_and_those_that_are_conflated_are_counted(house: House) -> None:
    slow = house.connect(SMALL_BUFFER)
    for number in range(5):
        house.hub.publish_state(b"%d" % number + LARGE)
    for number in range(2):
        house.hub.publish_event(b"%d" % number, lambda _view: True)

    # The first is half sent, the others wait; of four states three are superseded.
    traffic = house.hub.traffic()
    assert (traffic.conflated, traffic.queued) == (3, 7)
    slow.sock.close()
    assert eventually(house.is_empty)
    traffic = house.hub.traffic()
    assert (traffic.conflated, traffic.queued) == (3, 7)


def test_what_was_sent_is_what_the_clients_kernel_confirmed() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    theirs = socket.create_connection(listener.getsockname())
    ours, _ = listener.accept()
    with listener, theirs, ours:
        client = ClientSocket(ours, SystemClock(), Limits(), WEB_SOCKET_DEFLATE)
        tally = Tally()
        client.send_event(b"x" * 1000)
        assert theirs.recv(1000, socket.MSG_WAITALL) == b"x" * 1000
        assert eventually(lambda: tally.traffic([client]).sent_bytes == {"deflate": 1000})
        assert tally.traffic([client]).clients == {"deflate": 1}

        client.hang_up()
        tally.leave(client)
        assert tally.traffic([]).sent_bytes == {"deflate": 1000}


def test_readers_of_events_are_not_among_them(house: House) -> None:
    reader = house.listen()
    assert house.hub.traffic().clients == {}
    reader.sock.close()

    assert eventually(house.is_empty)
    assert closed(house) == {}
