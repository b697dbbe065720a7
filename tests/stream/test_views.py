"""Who sees what: messages reach the views that they are for, and nobody stays beyond his time."""

from __future__ import annotations

import time

import pytest

from monserv.stream import frames
from monserv.stream.limits import Limits
from tests.stream.conftest import BuildHouse, House
from tests.stream.peer import CLOSE
from tests.waiting import eventually

BERLIN, LINZ = frozenset({"berlin"}), frozenset({"linz"})
LARGE = b'"' + b"x" * 200_000 + b'"'
SMALL_BUFFER = 4096


def test_a_state_reaches_those_of_its_view_alone(house: House) -> None:
    everybody, berlin, linz = house.connect(), house.connect(view=BERLIN), house.connect(view=LINZ)
    also_berlin = house.connect(view=frozenset({"berlin"}))
    house.hub.publish_state(b'"all"')
    house.hub.publish_state(b'"berlin"', BERLIN)
    house.hub.publish_state(b'"linz"', LINZ)

    assert [peer.texts(1) for peer in (everybody, berlin, also_berlin, linz)] == [
        [b'"all"'],
        [b'"berlin"'],
        [b'"berlin"'],
        [b'"linz"'],
    ]


def test_an_event_reaches_the_views_that_it_is_for_and_each_is_asked_once(house: House) -> None:
    peers = [house.connect(view=BERLIN) for _ in range(3)]
    stranger = house.connect(view=LINZ)
    asked: list[frozenset[str]] = []

    house.hub.publish_event(b'"berlin"', lambda view: asked.append(view) or view == BERLIN)
    house.hub.publish_state(b'"linz"', LINZ)

    assert [peer.texts(1) for peer in peers] == [[b'"berlin"']] * 3
    assert stranger.texts(1) == [b'"linz"']
    assert sorted(asked, key=sorted) == [BERLIN, LINZ]


def test_a_message_is_framed_once_however_many_clients_there_are(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    peers = [house.connect() for _ in range(5)]
    framed: list[bytes] = []
    text = frames.text

    def count(payload: bytes, *, is_compressed: bool = False) -> bytes:
        framed.append(payload)
        return text(payload, is_compressed=is_compressed)

    monkeypatch.setattr(frames, "text", count)
    # What was framed before is known, so these are new.
    wanted = [b'"%f"' % number for number in (0.1, 0.2)]
    house.hub.publish_state(wanted[0])
    house.tell(wanted[1])

    assert [peer.texts(2) for peer in peers] == [wanted] * 5
    assert framed == wanted


def test_the_views_are_those_of_connected_clients(house: House) -> None:
    assert house.hub.views() == ()
    house.connect(view=BERLIN)
    leaving = house.connect(view=LINZ)
    assert set(house.hub.views()) == {BERLIN, LINZ}

    leaving.sock.close()

    assert eventually(lambda: house.hub.views() == (BERLIN,))


def test_clients_whose_credential_is_stale_are_closed_1008_and_the_others_stay(
    house: House,
) -> None:
    revoked = [house.connect(credential="token-1") for _ in range(2)]
    valid, open_to_all = house.connect(credential="token-2"), house.connect()
    asked: list[str] = []

    house.hub.drop(lambda credential: asked.append(credential) or credential != "token-2")
    house.hub.publish_state(b"1")

    for peer in revoked:
        (close,) = peer.frames()
        assert (close.opcode, close.code) == (CLOSE, 1008)
        assert close.payload[2:] == b"credential no longer valid"
        peer.sock.close()
    assert valid.texts(1) == open_to_all.texts(1) == [b"1"]
    assert sorted(asked) == ["token-1", "token-2"]
    assert eventually(lambda: house.hub.client_count() == 2)


@pytest.mark.timed
def test_to_drop_waits_for_no_client_and_who_does_not_read_is_cut_off_within_3_s(
    house: House,
) -> None:
    stalled = house.connect(SMALL_BUFFER, credential="token")
    house.hub.publish_state(LARGE)
    house.tell(b'"kept for later"')
    began_at = time.monotonic()
    house.hub.drop(lambda _credential: True)
    assert time.monotonic() - began_at < 0.5

    house.clock.advance(Limits().close_seconds - 0.1)
    house.hub.tend()
    assert house.hub.client_count() == 1
    house.clock.advance(0.1)
    house.hub.tend()

    assert eventually(house.is_empty)
    stalled.sock.close()


def test_who_is_dropped_gets_nothing_that_still_waited(house: House) -> None:
    slow = house.connect(SMALL_BUFFER, credential="token")
    house.hub.publish_state(LARGE)
    house.tell(b'"secret"')
    house.hub.publish_state(b'"secret"')
    house.hub.drop(lambda _credential: True)

    received = slow.frames()
    assert [each.payload for each in received[:-1]] == [LARGE]
    assert received[-1].code == 1008


def test_a_closing_client_that_is_dropped_too_has_the_shorter_time(build_house: BuildHouse) -> None:
    house = build_house(Limits(max_pending_events=0))
    house.connect(SMALL_BUFFER, credential="token")
    house.hub.publish_state(LARGE)
    house.tell(b'"too many"')
    house.hub.drop(lambda _credential: True)
    house.clock.advance(2)
    house.hub.tend()

    assert eventually(house.is_empty)
