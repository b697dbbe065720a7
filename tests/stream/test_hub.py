from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator

import pytest

from monserv.clock import ManualClock, SystemClock
from monserv.stream.client import Client
from monserv.stream.limits import Limits
from monserv.stream.socket import ClientSocket
from tests.stream.conftest import BuildHouse, House, far_away
from tests.stream.peer import CLOSE, PING, PONG, TEXT, Peer, masked
from tests.waiting import eventually

LARGE = b'"' + b"x" * 200_000 + b'"'
SMALL_BUFFER = 4096


def test_a_state_reaches_everybody(house: House) -> None:
    peers = [house.connect() for _ in range(3)]

    house.hub.publish_state(b'{"n":1}')

    assert [peer.texts(1) for peer in peers] == [[b'{"n":1}']] * 3


def test_a_newcomer_gets_the_current_state_at_once(house: House) -> None:
    house.hub.publish_state(b"1")
    house.greeting = b"2"
    peer = house.connect()
    house.hub.publish_state(b"3")

    assert peer.texts(2) == [b"2", b"3"]


def test_a_newcomer_gets_nothing_while_there_is_no_state_and_no_old_event(house: House) -> None:
    house.tell(b'"old"')
    peer = house.connect()
    house.tell(b'"new"')

    assert peer.texts(1) == [b'"new"']


def test_all_clients_see_states_and_events_in_the_order_of_publishing(house: House) -> None:
    peers = [house.connect() for _ in range(3)]
    for number in range(50):
        house.tell(b"%d" % number)

    assert [peer.texts(50) for peer in peers] == [[b"%d" % n for n in range(50)]] * 3


@pytest.mark.timed
def test_a_stalled_client_delays_nobody(house: House) -> None:
    stalled = house.connect(SMALL_BUFFER)
    healthy = house.connect()
    house.hub.publish_state(LARGE)
    healthy.texts(1)

    slowest_seconds = 0.0
    for number in range(100):
        started_at = time.monotonic()
        house.hub.publish_state(b"%d" % number)
        assert healthy.texts(1) == [b"%d" % number]
        slowest_seconds = max(slowest_seconds, time.monotonic() - started_at)

    assert slowest_seconds < 0.25
    assert stalled.texts(1) == [LARGE]


def test_a_slow_client_skips_superseded_states_and_keeps_every_event(house: House) -> None:
    slow = house.connect(SMALL_BUFFER)
    house.hub.publish_state(LARGE)
    for number in range(200):
        house.hub.publish_state(b'"state %d"' % number)
        house.tell(b'"event %d"' % number)

    assert slow.texts(202) == [
        LARGE,
        *(b'"event %d"' % number for number in range(199)),
        b'"state 199"',
        b'"event 199"',
    ]


def test_an_alert_too_many_closes_the_slow_client_alone(house: House) -> None:
    slow = house.connect(SMALL_BUFFER)
    healthy = house.connect()
    house.hub.publish_state(LARGE)
    healthy.texts(1)
    for number in range(257):
        house.tell(b"%d" % number)

    assert slow.texts(257) == [LARGE, *(b"%d" % number for number in range(256))]
    last = slow.frame()
    assert last is not None
    assert (last.opcode, last.code) == (CLOSE, 1013)
    assert len(healthy.texts(257)) == 257
    house.tell(b'"after"')
    assert healthy.texts(1) == [b'"after"']


def test_256_waiting_alerts_are_not_too_many(house: House) -> None:
    slow = house.connect(SMALL_BUFFER)
    house.hub.publish_state(LARGE)
    for number in range(256):
        house.tell(b"%d" % number)

    assert slow.texts(257)[1:] == [b"%d" % number for number in range(256)]


def test_who_takes_two_minutes_for_a_frame_is_closed_and_who_takes_them_for_two_is_not(
    build_house: BuildHouse,
) -> None:
    house = build_house(Limits(stall_seconds=1e12))
    slow = house.connect(SMALL_BUFFER)
    for _ in range(2):
        house.hub.publish_state(LARGE)
        house.clock.advance(80.0)
        assert slow.texts(1) == [LARGE]

    house.hub.publish_state(LARGE)
    assert slow.sock.recv(100)

    def is_gone_in_time() -> bool:
        house.clock.advance(60.0)
        return house.is_empty()

    assert eventually(is_gone_in_time)
    assert house.hub.traffic().closed == {("slow", ""): 1}


def test_a_ping_is_answered_with_its_payload(house: House) -> None:
    peer = house.connect()
    peer.send(masked(PING, b"are you there"))

    answer = peer.frame()
    assert answer is not None
    assert (answer.opcode, answer.payload) == (PONG, b"are you there")


@pytest.mark.parametrize(
    ("code", "echo"), [(b"\x03\xe8", b"\x03\xe8"), (b"\x0f\xa1bye", b"\x0f\xa1"), (b"", b"")]
)
def test_a_close_is_echoed_and_the_connection_ends(house: House, code: bytes, echo: bytes) -> None:
    peer = house.connect()
    peer.send(masked(CLOSE, code))

    assert [(each.opcode, each.payload) for each in peer.frames()] == [(CLOSE, echo)]
    assert eventually(house.is_empty)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(masked(TEXT, b"x" * 513), 1009, id="oversize"),
        pytest.param(masked(TEXT, b"x" * 3_000_000), 1009, id="far oversize"),
        pytest.param(b"\x81\xff\x7f" + b"\xff" * 7, 1009, id="announces nine exabytes"),
        pytest.param(
            masked(TEXT, b"x" * 100, fin=False) + masked(0, b"x" * 100, fin=False) * 5,
            1009,
            id="fragments without end",
        ),
        pytest.param(
            masked(TEXT, b"", fin=False) + masked(0, b"", fin=False) * 100_000,
            1008,
            id="empty fragments without end",
        ),
        pytest.param(masked(PING, b"x" * 125) * 20_000, 1008, id="ping flood"),
        pytest.param(masked(PONG) * 100_000, 1008, id="pong flood"),
        pytest.param(masked(TEXT, b"") * 500_000, 1008, id="half a million tiny frames"),
        pytest.param(masked(TEXT, b"\xff\xfe"), 1007, id="no UTF-8"),
        pytest.param(masked(TEXT, b"x", reserved=0x40), 1002, id="deflate, not negotiated"),
        pytest.param(masked(TEXT, b"x", mask=False), 1002, id="unmasked"),
        pytest.param(masked(3), 1002, id="bad opcode"),
        pytest.param(masked(PING, b"x" * 126), 1002, id="long ping"),
        pytest.param(masked(0, b"x"), 1002, id="continuation of nothing"),
    ],
)
def test_abuse_is_closed_with_its_code_and_nobody_else_notices(
    house: House, data: bytes, code: int
) -> None:
    healthy = house.connect()
    abuser = house.connect()
    sender = threading.Thread(target=_send_all, args=(abuser.sock, data))
    sender.start()

    last = [each for each in abuser.frames() if each.opcode == CLOSE]

    assert [each.code for each in last] == [code]
    abuser.sock.close()
    sender.join(30)
    assert eventually(lambda: house.hub.client_count() == 1)
    house.hub.publish_state(b"1")
    assert healthy.texts(1) == [b"1"]


def _send_all(sock: object, data: bytes) -> None:
    try:
        sock.sendall(data)  # type: ignore[attr-defined] -- plain and gevent sockets share no type
    except OSError:
        return


def test_a_silent_client_is_pinged_after_54_s_and_closed_after_60(house: House) -> None:
    peer = house.connect()

    house.clock.advance(53.9)
    house.hub.tend()
    house.clock.advance(0.1)
    house.hub.tend()
    ping = peer.frame()
    assert ping is not None
    assert ping.opcode == PING

    house.clock.advance(5.9)
    house.hub.tend()
    assert house.hub.client_count() == 1
    house.clock.advance(0.1)
    house.hub.tend()
    close = peer.frame()
    assert close is not None
    assert (close.opcode, close.code) == (CLOSE, 1011)

    house.clock.advance(2)
    house.hub.tend()
    assert eventually(house.is_empty)


def test_a_pong_keeps_a_client_for_another_60_s(house: House) -> None:
    peer = house.connect()
    for _ in range(5):
        house.clock.advance(54)
        house.hub.tend()
        ping = peer.frame()
        assert ping is not None
        assert ping.opcode == PING
        peer.send(masked(PONG), masked(PING, b"heard?"))
        heard = peer.frame()
        assert heard is not None
        assert heard.opcode == PONG

    assert house.hub.client_count() == 1


def test_the_next_look_is_when_something_is_due_and_never_far(house: House) -> None:
    assert house.hub.tend() == 1.0
    house.connect()
    house.clock.advance(53.6)

    assert house.hub.tend() == pytest.approx(0.4)


def test_the_keep_alive_that_dies_of_a_bug_begins_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.supervised.FIRST_PAUSE_SECONDS", 0.05)
    house.connect()
    looks: list[float] = []

    def stumble(_client: Client, now: float) -> float:
        looks.append(now)
        if len(looks) < 3:
            raise ValueError("on purpose")
        return now

    monkeypatch.setattr(Client, "tend", stumble)
    house.hub.start()
    assert eventually(lambda: len(looks) > 3)
    assert eventually(lambda: house.hub.is_well)
    house.hub.stop(5)
    assert not house.hub.is_well


def test_a_client_that_never_answers_a_close_is_hung_up_on_after_2_s(
    build_house: BuildHouse,
) -> None:
    house = build_house()
    stopper = threading.Thread(target=house.hub.stop, args=(5.0,))
    house.connect()
    stopper.start()
    house.clock.advance(1.9)
    house.hub.tend()
    assert house.hub.client_count() == 1
    house.clock.advance(0.1)
    house.hub.tend()

    assert eventually(house.is_empty)
    stopper.join(30)


def test_two_closes_that_cross_are_one_each_and_the_connection_ends(house: House) -> None:
    peer = house.connect()
    house.clock.advance(60)
    house.hub.tend()
    peer.send(masked(CLOSE, b"\x03\xe8"))

    assert [(each.opcode, each.code) for each in peer.frames()] == [(CLOSE, 1011)]
    assert eventually(house.is_empty)


def test_a_client_that_closes_its_half_without_a_word_is_gone(house: House) -> None:
    peer = house.connect()
    peer.sock.shutdown(socket.SHUT_WR)

    assert peer.frames() == []
    assert eventually(house.is_empty)


@pytest.mark.timed
def test_keep_alive_runs_by_itself_in_real_time(build_house: BuildHouse) -> None:
    limits = Limits(ping_interval_seconds=1.2, silence_seconds=1.8, close_seconds=0.2)
    house = build_house(limits, clock=SystemClock())
    house.hub.start()
    started_at = time.monotonic()
    received = house.connect().frames()

    assert [each.opcode for each in received] == [PING, CLOSE]
    assert received[-1].code == 1011
    assert 2.0 <= time.monotonic() - started_at < 4.0


@pytest.mark.timed
def test_stop_closes_50_clients_with_1001_and_returns_when_they_are_gone(house: House) -> None:
    house.hub.start()
    peers = [house.connect() for _ in range(50)]
    codes: list[int | None] = []

    def leave(index: int) -> None:
        frame = peers[index].frame()
        codes.append(frame.code if frame else None)
        peers[index].send(masked(CLOSE, b"\x03\xe9"))

    readers = [threading.Thread(target=leave, args=(index,)) for index in range(50)]
    for reader in readers:
        reader.start()
    started_at = time.monotonic()
    house.hub.stop(2.0)

    assert time.monotonic() - started_at < 2.0
    assert house.hub.client_count() == 0
    for reader in readers:
        reader.join(30)
    assert codes == [1001] * 50


@pytest.mark.timed
def test_stop_is_bounded_by_its_timeout_also_with_stalled_clients(house: House) -> None:
    house.connect(SMALL_BUFFER)
    house.connect()
    house.hub.publish_state(LARGE)

    started_at = time.monotonic()
    house.hub.stop(0.3)

    assert time.monotonic() - started_at < 1.5
    assert house.hub.client_count() == 0


def test_stop_twice_is_stop_once_and_a_latecomer_is_closed_1001(house: House) -> None:
    house.hub.stop(0.1)
    house.hub.stop(0.1)

    assert not house.hub.has_room("127.0.0.1")
    frame = house.connect().frame()
    assert frame is not None
    assert (frame.opcode, frame.code) == (CLOSE, 1001)


def test_there_is_room_up_to_the_cap_and_again_when_a_client_leaves(
    build_house: BuildHouse,
) -> None:
    house = build_house(max_clients=2)
    first = house.connect()
    assert house.hub.has_room("127.0.0.1")
    house.connect()
    assert not house.hub.has_room("127.0.0.1")

    first.sock.close()

    assert eventually(lambda: house.hub.has_room("127.0.0.1"))


@pytest.fixture
def unread(build_house: BuildHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[BuildHouse]:
    """Build houses that read nothing of what clients say, nor that they are gone, for now."""
    may_read, receive = threading.Event(), ClientSocket.receive

    def receive_later(one: ClientSocket) -> bytes:
        may_read.wait(120)
        return receive(one)

    monkeypatch.setattr(ClientSocket, "receive", receive_later)
    yield build_house
    may_read.set()


def close(peer: Peer) -> None:
    peer.sock.close()


def reset(peer: Peer) -> None:
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.sock.close()


def close_one_half(peer: Peer) -> None:
    peer.sock.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("leave", [close, reset, close_one_half])
def test_who_left_and_is_not_yet_read_to_the_end_takes_no_place_from_others(
    unread: BuildHouse, leave: Callable[[Peer], None]
) -> None:
    house = unread(max_clients=2)
    house.pair = far_away
    peers = [house.connect(address="192.0.2.1"), house.connect()]
    assert not house.hub.has_room("127.0.0.1")

    for peer in peers:
        leave(peer)

    assert eventually(lambda: house.hub.has_room("192.0.2.1") and house.is_empty())
    assert house.hub.traffic().closed == {("lost", ""): 2}


def test_who_slips_past_the_cap_when_others_have_left_stays(unread: BuildHouse) -> None:
    house = unread(max_clients=1)
    house.pair = far_away
    house.greeting = b"1"
    left = house.connect()
    left.sock.close()
    (client,) = house.hub.places
    assert eventually(client.socket.is_gone)

    assert house.come().texts(1) == [b"1"]
    assert house.hub.client_count() == 1


class _Late(ManualClock):
    """Whoever looks twice sees that a second has gone by."""

    def monotonic(self) -> float:
        self.advance(1.0)
        return super().monotonic()


def test_who_left_is_looked_for_a_tenth_of_the_time_at_most(
    build_house: BuildHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[ClientSocket] = []

    def look(one: ClientSocket) -> bool:
        looks.append(one)
        return False

    monkeypatch.setattr(ClientSocket, "is_gone", look)
    clock = _Late()
    house = build_house(max_clients=1, clock=clock)
    house.connect()

    assert not any(house.hub.has_room("127.0.0.1") for _ in range(4))
    assert len(looks) == 1
    clock.advance(9.0)
    assert not house.hub.has_room("127.0.0.1")
    assert len(looks) == 2


def test_a_client_that_slips_past_the_cap_is_closed_1013(build_house: BuildHouse) -> None:
    house = build_house(max_clients=1)
    house.connect()
    frame = house.connect().frame()

    assert frame is not None
    assert (frame.opcode, frame.code) == (CLOSE, 1013)


def test_one_address_may_take_half_of_the_places_unless_it_is_this_machine(
    build_house: BuildHouse,
) -> None:
    house = build_house(max_clients=4)
    for _ in range(2):
        house.connect(address="192.0.2.1")

    assert not house.hub.has_room("192.0.2.1")
    assert house.hub.has_room("192.0.2.2")
    assert house.hub.has_room("127.0.0.1")
    assert house.hub.has_room("")


def test_all_are_written_to_in_the_order_in_which_they_came(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [f"192.0.2.{number}" for number in range(20)]
    for address in addresses:
        house.connect(address=address)
    house.connect(address=addresses[7]).sock.close()
    assert eventually(lambda: house.hub.client_count() == len(addresses))
    order: list[str] = []

    def writing(clients: Iterable[Client], *_rest: object) -> list[Client]:
        order.extend(client.visitor.address for client in clients)
        return []

    monkeypatch.setattr("monserv.stream.hub.write_to_all", writing)
    house.hub.publish_state(b"1")
    assert order == addresses


def test_500_clients_come_and_go_without_leaving_anything(house: House) -> None:
    # By identity: a thread that an earlier test left in its last breath may end meanwhile.
    threads_before = set(threading.enumerate())
    for number in range(500):
        peer = house.connect()
        if number % 2:
            peer.send(masked(CLOSE, b"\x03\xe8"))
            peer.frames()
        peer.sock.close()
        assert eventually(house.is_empty)

    assert eventually(lambda: set(threading.enumerate()) <= threads_before)
    assert house.hub.places._addresses == {}
