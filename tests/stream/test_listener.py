"""Readers of event streams: fed like the others, patient with nobody, gone when they go."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from monserv.stream import events
from monserv.stream.forms import EVENT_STREAM
from monserv.stream.limits import Limits
from tests.stream.conftest import BuildHouse, House
from tests.waiting import eventually

BERLIN = frozenset({"berlin"})
LARGE = b'"' + b"x" * 200_000 + b'"'
SMALL_BUFFER = 4096


def publish(house: House, data: bytes, view: frozenset[str] = frozenset()) -> None:
    event = events.event("dashboard", "e-1", data)
    house.hub.publish_state(event, view, EVENT_STREAM)


def test_a_reader_gets_what_is_for_its_view_and_nothing_that_is_for_websockets(
    house: House,
) -> None:
    reader, limited = house.listen(), house.listen(view=BERLIN)
    socket_client = house.connect()
    house.hub.publish_state(b'"frame"')
    house.tell(b'"frame"')
    publish(house, b'"all"')
    publish(house, b'"berlin"', BERLIN)

    assert reader.data(1) == [b'"all"']
    assert limited.data(1) == [b'"berlin"']
    assert socket_client.texts(2) == [b'"frame"'] * 2
    assert set(house.hub.views(EVENT_STREAM)) == {frozenset(), BERLIN}
    assert house.hub.views() == (frozenset(),)


def test_a_newcomer_gets_its_greeting_at_once(house: House) -> None:
    house.greeting = events.event("dashboard", "e-7", b"{}")
    found = house.listen().event()
    assert found is not None
    assert (found.name, found.id, found.data) == ("dashboard", "e-7", b"{}")


def test_a_slow_reader_skips_what_was_superseded_and_never_sees_half_an_event(
    house: House,
) -> None:
    slow, healthy = house.listen(SMALL_BUFFER), house.listen()
    publish(house, LARGE)
    healthy.data(1)
    for number in range(100):
        publish(house, b"%d" % number)
        assert healthy.data(1) == [b"%d" % number]

    assert slow.data(2) == [LARGE, b"99"]


def test_a_reader_that_takes_no_byte_for_10_s_is_cut_off(house: House) -> None:
    house.listen(SMALL_BUFFER)
    publish(house, LARGE)
    house.clock.advance(9.9)
    time.sleep(1.2)
    assert house.hub.client_count() == 1
    house.clock.advance(0.1)

    assert eventually(house.is_empty)


def test_every_15_s_a_comment_shows_that_the_stream_lives(house: House) -> None:
    reader = house.listen()
    house.clock.advance(14.9)
    house.hub.tend()
    house.clock.advance(0.1)
    for _ in range(3):
        assert house.hub.tend() == 1.0
        assert reader.wait_for_comment() == b""
        house.clock.advance(15)
    assert len(reader.comments) == 3


def test_a_reader_says_nothing_for_hours_and_stays(house: House) -> None:
    reader = house.listen()
    for _ in range(20):
        house.clock.advance(600)
        house.hub.tend()
    publish(house, b"1")

    assert reader.data(1) == [b"1"]


@pytest.mark.parametrize("is_half", [True, False])
def test_a_reader_that_leaves_or_closes_its_half_is_gone(house: House, is_half: bool) -> None:
    reader = house.listen()
    if is_half:
        reader.sock.shutdown(socket.SHUT_WR)
    else:
        reader.sock.close()

    assert eventually(house.is_empty)


def test_a_reader_may_have_sent_a_little_and_one_that_talks_on_is_hung_up_on(
    house: House,
) -> None:
    reader = house.listen()
    reader.sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
    publish(house, b"1")
    assert reader.data(1) == [b"1"]
    with contextlib.suppress(OSError):
        reader.sock.sendall(b"x" * 1_000_000)

    assert eventually(house.is_empty)


@pytest.mark.timed
def test_a_stop_is_the_end_of_the_stream_and_waits_for_nobody(house: House) -> None:
    house.hub.start()
    reader = house.listen()
    house.listen(SMALL_BUFFER)
    publish(house, LARGE)
    began_at = time.monotonic()
    house.hub.stop(0.5)

    assert time.monotonic() - began_at < 2.0
    assert [event.data for event in reader.events()] == [LARGE]
    assert reader.comments == [b"shutting down"]
    assert house.is_empty()


def test_a_stale_credential_is_the_end_of_the_stream(house: House) -> None:
    stale, stalled = (
        house.listen(credential="token"),
        house.listen(SMALL_BUFFER, credential="token"),
    )
    publish(house, LARGE)
    valid = house.listen(credential="other")
    house.hub.drop(lambda credential: credential == "token")
    publish(house, b"1")

    assert [event.data for event in stale.events()] == [LARGE]
    assert stale.comments == [b"credential no longer valid"]
    assert valid.data(1) == [b"1"]
    stale.sock.close()
    house.clock.advance(Limits().close_seconds)
    house.hub.tend()
    assert eventually(lambda: house.hub.client_count() == 1)
    stalled.sock.close()


def test_websockets_and_readers_share_the_places(build_house: BuildHouse) -> None:
    house = build_house(max_clients=2)
    house.connect()
    assert house.hub.has_room("127.0.0.1")
    house.listen()
    assert not house.hub.has_room("127.0.0.1")

    late = house.listen()
    assert late.events() == []
    assert late.comments == [b"too many clients"]
