"""Clients that agreed to permessage-deflate see what the others see, in fewer bytes."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from monserv.stream import deflate
from monserv.stream.entries import Item, Notice
from tests.stream.conftest import FORMS, House, far_away
from tests.stream.peer import CLOSE, COMPRESSED, PING, PONG, TEXT, Peer, deflated, masked

BERLIN, LINZ = frozenset({"berlin"}), frozenset({"linz"})
WINDOWS = [bits for bits in FORMS if bits]


def asked(document: dict[str, Any]) -> bytes:
    return masked(TEXT, deflated(json.dumps(document).encode()), reserved=COMPRESSED)


def close_code(peer: Peer) -> int | None:
    return next(frame.code for frame in peer.frames() if frame.opcode == CLOSE)


def test_a_message_is_compressed_once_for_all_who_agreed_to_the_same_window(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[bytes, int]] = []
    compressed = deflate.compressed

    def count(payload: bytes, window_bits: int) -> bytes:
        made.append((payload, window_bits))
        return compressed(payload, window_bits)

    monkeypatch.setattr(deflate, "compressed", count)
    state, event = (b'"%s"' % os.urandom(size).hex().encode() for size in (5000, 200))
    house.greeting = state
    peers = {
        view: [house.connect(view=view, window_bits=bits) for bits in FORMS for _ in range(2)]
        for view in (BERLIN, LINZ)
    }
    house.hub.publish_state(state, BERLIN)
    house.tell(event)

    assert [peer.texts(3) for peer in peers[BERLIN]] == [[state, state, event]] * 6
    assert [peer.texts(2) for peer in peers[LINZ]] == [[state, event]] * 6
    expected = [(payload, bits) for payload in (state, event) for bits in WINDOWS]
    assert sorted(made) == sorted(expected)


def test_nothing_is_compressed_for_a_view_of_which_nobody_agreed_to_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[bytes] = []
    compressed = deflate.compressed
    monkeypatch.setattr(
        deflate,
        "compressed",
        lambda payload, bits: made.append(payload) or compressed(payload, bits),
    )
    plain, other = house.connect(view=BERLIN), house.connect(view=LINZ, window_bits=15)
    states = [b'"%s"' % os.urandom(500).hex().encode() for _ in range(2)]
    house.hub.publish_state(states[0], BERLIN)
    house.hub.publish_state(states[1], LINZ)

    assert [plain.texts(1), other.texts(1)] == [[states[0]], [states[1]]]
    assert made == [states[1]]


def test_clients_share_their_views_and_are_counted_together(house: House) -> None:
    for bits in FORMS:
        house.connect(view=BERLIN, window_bits=bits)

    assert house.hub.views() == (BERLIN,)
    assert house.hub.client_counts() == {"websocket": 3, "sse": 0}


def test_a_compressed_message_is_understood_and_a_ping_answered_plainly(house: House) -> None:
    peer = house.connect(window_bits=15)
    peer.send(masked(TEXT, deflated(b"hello" * 50), reserved=COMPRESSED), masked(PING, b"?"))

    answer = peer.frame()
    assert answer is not None
    assert (answer.opcode, answer.payload, answer.is_compressed) == (PONG, b"?", False)


@pytest.mark.parametrize("bits", WINDOWS)
def test_subscribers_get_the_same_changes_and_are_understood(house: House, bits: int) -> None:
    house.items = {"nas": Item(BERLIN, {"name": "nas", "note": "words " * 100}, "url")}
    plain, peer = house.subscribe(), house.subscribe(window_bits=bits)
    for each in (plain, peer):
        each.send(
            asked({"type": "subscribe", "servers": ["nas"] * 1000})
            if each is peer
            else masked(TEXT, json.dumps({"type": "subscribe", "servers": ["nas"]}).encode())
        )
    assert plain.texts(2) == peer.texts(2)

    house.hub.channel.publish({"nas": Item(BERLIN, {"note": "others " * 100}, "url")})
    change, same = plain.frame(), peer.frame()
    assert change is not None
    assert same is not None
    assert (change.payload, change.is_compressed) == (same.payload, not same.is_compressed)


def test_what_a_subscriber_says_is_as_long_as_it_is_once_it_is_inflated(house: House) -> None:
    peer = house.subscribe(window_bits=15)
    peer.send(asked({"type": "subscribe", "filler": "x" * 16384}))

    assert close_code(peer) == 1009


def test_whoever_remembers_gets_changes_that_refer_to_earlier_ones(house: House) -> None:
    house.items = {"nas": Item(BERLIN, {"name": "nas", "n": 0}, "url")}
    plain = house.subscribe()
    peers = [house.subscribe(window_bits=bits, remembers=True) for bits in WINDOWS for _ in "12"]
    for each in (plain, *peers):
        each.send(masked(TEXT, b'{"type":"subscribe"}'))
    assert [each.texts(2) for each in peers] == [plain.texts(2)] * len(peers)

    for number in range(1, 4):
        house.hub.channel.publish({"nas": Item(BERLIN, {"name": "nas", "n": number}, "url")})
    # What one is told alone stands between two messages of the chain.
    peers[0].send(masked(TEXT, b"nonsense"))
    error = json.loads(peers[0].texts(4)[-1])
    assert error["type"] == "error"
    house.hub.channel.announce(Notice("e", "alert", b'{"words":"%s"}' % (b"x" * 500), True))
    for number in range(4, 6):
        house.hub.channel.publish({"nas": Item(BERLIN, {"name": "nas", "n": number}, "url")})

    rest = [each.texts(3 if each is peers[0] else 6) for each in peers]
    told = plain.texts(6)
    assert rest == [told[3:], *([told] * (len(peers) - 1))]


def test_far_away_and_stalled_now_and_then_whoever_remembers_reads_to_the_end(
    house: House,
) -> None:
    house.pair = far_away
    words = [os.urandom(20_000).hex() for _ in range(4)]
    house.items = {"nas": Item(BERLIN, {"n": 0, "words": words[0]}, "url")}
    peers = [house.subscribe(4096, window_bits=bits, remembers=True) for bits in WINDOWS * 2]
    for peer in peers:
        peer.send(masked(TEXT, b'{"type":"subscribe"}'))
        assert json.loads(peer.texts(2)[-1])["type"] == "snapshot"
    states: list[dict[str, Any]] = [{} for _ in peers]
    last = 120
    for number in range(1, last + 1):
        state = {"n": number, "words": words[number % 4]}
        house.hub.channel.publish({"nas": Item(BERLIN, state, "url")})
        for peer, known in list(zip(peers, states, strict=True))[: number // 20 % 4]:
            read_one(peer, known)
    for peer, known in zip(peers, states, strict=True):
        while known.get("n") != last:
            read_one(peer, known)
    assert [known["words"] == words[last % 4] for known in states] == [True] * len(peers)


def read_one(peer: Peer, known: dict[str, Any]) -> None:
    known.update(json.loads(peer.texts(1)[0])["servers"]["nas"])
