"""What a client of ``monserv.v2`` says first, and what it gets for it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from monserv.stream.audiences import Follower
from monserv.stream.limits import Limits
from monserv.stream.selection import Selection
from tests.stream.conftest import BuildHouse, House
from tests.stream.peer import BINARY, CLOSE, PING, PONG, TEXT, Peer, masked
from tests.waiting import eventually


@pytest.fixture
def patient(build_house: BuildHouse) -> House:
    """Return a house that waits for the first request as long as it takes."""
    return build_house(Limits(greeting_milliseconds=30_000))


def types(peer: Peer, count: int) -> list[str]:
    return [json.loads(text)["type"] for text in peer.texts(count)]


def text(**asked: Any) -> bytes:
    return masked(TEXT, json.dumps(asked).encode())


def test_who_says_nothing_gets_everything_soon(build_house: BuildHouse) -> None:
    house = build_house(Limits(greeting_milliseconds=1))
    assert types(house.subscribe(), 2) == ["hello", "snapshot"]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (text(type="subscribe"), ["snapshot"]),
        (text(type="resume", epoch="e1", seq=1), []),
        (text(type="resume", epoch="e0", seq=1), ["snapshot"]),
        (text(type="what"), ["error", "snapshot"]),
        (masked(BINARY, b"{}"), ["error", "snapshot"]),
    ],
    # What a client sends is masked by chance.
    ids=["subscribe", "resume", "resume of another epoch", "nonsense", "binary"],
)
def test_who_asks_first_gets_that_and_no_other_snapshot(
    patient: House, first: bytes, then: list[str]
) -> None:
    peer = patient.subscribe()
    peer.send(first, text(type="mark"))
    assert types(peer, 2 + len(then)) == ["hello", *then, "error"]


def test_a_ping_is_answered_and_is_no_request(patient: House) -> None:
    peer = patient.subscribe()
    peer.send(masked(PING, b"?"))
    assert types(peer, 1) == ["hello"]
    pong = peer.frame()
    assert pong is not None
    assert (pong.opcode, pong.payload) == (PONG, b"?")
    assert types(peer, 1) == ["snapshot"]


def test_what_all_ask_together_leaves_most_of_the_time_to_others(
    patient: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = patient.hub.channel.follow

    def follow_long(follower: Follower, selection: Selection) -> None:
        until = time.thread_time() + 0.01
        while time.thread_time() < until:
            pass
        follow(follower, selection)

    monkeypatch.setattr(patient.hub.channel, "follow", follow_long)
    peers = [patient.subscribe() for _ in range(3)]
    began_at = time.monotonic()
    for peer in peers:
        peer.send(text(type="subscribe"), text(type="subscribe"), text(type="subscribe"))
    for peer in peers:
        assert types(peer, 4) == ["hello", "snapshot", "snapshot", "snapshot"]
    assert time.monotonic() - began_at >= 8 * 5 * 0.01


def test_what_a_client_asks_that_is_being_closed_is_not_worked_out(
    patient: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = patient.subscribe(credential="a")
    peer.send(text(type="subscribe"))
    assert types(peer, 2) == ["hello", "snapshot"]
    followed = []
    monkeypatch.setattr(patient.hub.channel, "follow", followed.append)
    patient.hub.drop(lambda _credential: True)
    peer.send(text(type="subscribe"), masked(CLOSE, b"\x03\xf0"))
    assert eventually(patient.is_empty)
    assert followed == []


def test_who_leaves_before_it_has_asked_leaves_nothing(patient: House) -> None:
    patient.subscribe().sock.close()
    assert eventually(patient.is_empty)
    closing = patient.subscribe()
    closing.send(masked(CLOSE, b"\x03\xe8"))
    assert [each.opcode for each in closing.frames()] == [TEXT, CLOSE]
    assert eventually(patient.is_empty)


def test_a_newcomer_too_many_is_closed_and_told_nothing(build_house: BuildHouse) -> None:
    house = build_house(Limits(greeting_milliseconds=1), max_clients=1)
    house.connect()
    refused = house.subscribe()
    close = refused.frame()
    assert close is not None
    assert (close.opcode, close.code) == (CLOSE, 1013)
    refused.sock.close()
    assert eventually(lambda: house.hub.client_count() == 1)
    assert not house.hub.channel.is_awake
    house.hub.stop(0.1)
    close = house.subscribe().frame()
    assert close is not None
    assert close.code == 1001
