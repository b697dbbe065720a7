from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.stream.frames import CloseCode
from monserv.stream.limits import Limits
from monserv.stream.protocol import (
    Care,
    Event,
    Message,
    PeerClosed,
    Ping,
    Pong,
    Protocol,
    Violation,
    care,
)
from tests.stream.peer import BINARY, CLOSE, COMPRESSED, PING, PONG, TEXT, deflated, masked

LIMITS = Limits()


def events_of(*frames: bytes) -> list[Event]:
    return Protocol(LIMITS, now=0).receive(b"".join(frames), now=0)


def test_a_text_and_a_binary_message_are_told_apart() -> None:
    assert events_of(masked(TEXT, b"hi"), masked(BINARY, b"\xff")) == [
        Message("hi"),
        Message(b"\xff"),
    ]


def test_fragments_become_one_message_and_control_frames_may_stand_between() -> None:
    assert events_of(
        masked(TEXT, "Zü".encode()[:2], fin=False),
        masked(PING, b"?"),
        masked(0, "ü".encode()[1:], fin=False),
        masked(PONG),
        masked(0, b"rich"),
    ) == [Ping(b"?"), Pong(), Message("Zürich")]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([masked(0, b"x")], 1002),
        ([masked(TEXT, b"x", fin=False), masked(TEXT, b"y")], 1002),
        ([masked(TEXT, b"\xff")], 1007),
        ([masked(TEXT, b"\xc3", fin=False), masked(0, b"")], 1007),
        ([masked(TEXT, b"\xed\xa0\x80")], 1007),
        ([masked(TEXT, b"x" * 300, fin=False), masked(0, b"y" * 213)], 1009),
        ([masked(CLOSE, b"\x03")], 1002),
        ([masked(CLOSE, (1005).to_bytes(2, "big"))], 1002),
        ([masked(CLOSE, (999).to_bytes(2, "big"))], 1002),
        ([masked(CLOSE, (2500).to_bytes(2, "big"))], 1002),
        ([masked(CLOSE, (1000).to_bytes(2, "big") + b"\xff")], 1007),
        ([masked(PING)] * 101, 1008),
        ([masked(PONG)] * 101, 1008),
        ([masked(BINARY, b"")] * 101, 1008),
        ([masked(TEXT, b"", fin=False), *[masked(0, b"", fin=False)] * 100], 1008),
    ],
)
def test_each_breach_has_its_close_code_and_is_the_last_event(
    frames: list[bytes], code: int
) -> None:
    last = events_of(*frames, masked(TEXT, b"more"))[-1]

    assert isinstance(last, Violation)
    assert last.code == code


def packed(payload: bytes, level: int = 9, opcode: int = TEXT) -> bytes:
    return masked(opcode, deflated(payload, level), reserved=COMPRESSED)


def deflating(*frames: bytes) -> list[Event]:
    return Protocol(LIMITS, now=0, is_deflated=True).receive(b"".join(frames), now=0)


def test_compressed_messages_are_inflated_each_by_itself_and_others_stay_as_they_are() -> None:
    data = deflated("Zürich".encode() * 9)
    pieces = [data[:3], data[3:4], b"", data[4:]]

    assert deflating(
        packed(b"hi" * 99),
        masked(TEXT, pieces[0], reserved=COMPRESSED, fin=False),
        masked(PING, b"?"),
        *(masked(0, piece, fin=False) for piece in pieces[1:3]),
        masked(0, pieces[3]),
        masked(TEXT, b"plain"),
        packed(b"\xff", opcode=BINARY),
    ) == [
        Message("hi" * 99),
        Ping(b"?"),
        Message("Zürich" * 9),
        Message("plain"),
        Message(b"\xff"),
    ]


@pytest.mark.parametrize("level", [0, 1, 9])
def test_a_message_of_512_bytes_is_allowed_however_it_is_compressed(level: int) -> None:
    payload = os.urandom(256).hex().encode()

    assert deflating(packed(payload, level)) == [Message(payload.decode())]
    assert deflating(packed(b"x" * 512, level)) == [Message("x" * 512)]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        pytest.param([packed(b"x" * 513)], 1009, id="too long"),
        pytest.param([packed(bytes(100_000))], 1009, id="a bomb"),
        pytest.param([packed(b"x" * 513, level=0)], 1009, id="too long and not made smaller"),
        pytest.param([masked(TEXT, b"x" * 513)], 1009, id="not compressed, and too long"),
        pytest.param(
            [masked(TEXT, b"", reserved=COMPRESSED, fin=False)]
            + [masked(0, b"\x00\x00\x00\xff\xff" * 50, fin=False)] * 3,
            1009,
            id="empty blocks without end",
        ),
        pytest.param([masked(TEXT, b"\xff", reserved=COMPRESSED)], 1007, id="no DEFLATE data"),
        pytest.param([packed(b"\xff")], 1007, id="no UTF-8 inside"),
        pytest.param([masked(PING, b"", reserved=COMPRESSED)], 1002, id="a compressed ping"),
        pytest.param([masked(0, b"", reserved=COMPRESSED)], 1002, id="a later frame"),
        pytest.param([packed(b"") for _ in range(101)], 1008, id="too many"),
    ],
)
def test_a_compressed_message_is_held_to_the_same_rules(frames: list[bytes], code: int) -> None:
    last = deflating(*frames, masked(TEXT, b"more"))[-1]

    assert isinstance(last, Violation)
    assert last.code == code


def test_what_was_not_agreed_on_is_a_violation() -> None:
    assert events_of(packed(b"hi")) == [Violation(CloseCode.PROTOCOL_ERROR, "reserved bit set")]


CLIENT_FRAMES = st.builds(
    masked,
    st.sampled_from([0, 0, TEXT, TEXT, BINARY, CLOSE, PING, PONG, 3]),
    st.binary(max_size=130)
    | st.binary(max_size=200).map(deflated)
    | st.integers(0, 2000).map(lambda size: deflated(bytes(size))),
    fin=st.booleans(),
    reserved=st.sampled_from([0, COMPRESSED, COMPRESSED, COMPRESSED, 0x20]),
)


@given(st.lists(CLIENT_FRAMES | st.binary(max_size=30), max_size=20), st.integers(1, 200))
def test_whatever_comes_ends_in_events_of_which_a_violation_is_the_last(
    frames: list[bytes], chunk_bytes: int
) -> None:
    data = b"".join(frames)
    protocol = Protocol(LIMITS, now=0, is_deflated=True)
    events = [
        event
        for start in range(0, len(data), chunk_bytes)
        for event in protocol.receive(data[start : start + chunk_bytes], now=0)
    ]

    assert not any(isinstance(event, Violation | PeerClosed) for event in events[:-1])
    assert all(len(event.data) <= 512 for event in events if isinstance(event, Message))


def test_nothing_is_heard_after_a_violation() -> None:
    protocol = Protocol(LIMITS, now=0)
    protocol.receive(masked(TEXT, b"\xff"), now=0)

    assert protocol.receive(masked(TEXT, b"hi"), now=1) == []


def test_a_message_of_512_bytes_in_pieces_is_allowed() -> None:
    assert events_of(masked(TEXT, b"x" * 500, fin=False), masked(0, b"y" * 12)) == [
        Message("x" * 500 + "y" * 12)
    ]


def test_a_close_ends_the_conversation() -> None:
    assert events_of(masked(CLOSE, (1000).to_bytes(2, "big") + b"bye"), masked(PING)) == [
        PeerClosed(1000)
    ]
    assert events_of(masked(CLOSE)) == [PeerClosed(None)]


def test_frames_at_a_humane_rate_are_never_too_many() -> None:
    protocol = Protocol(LIMITS, now=0)

    for second in range(1000):
        assert protocol.receive(masked(PING) * 20, now=float(second)) == [Ping(b"")] * 20


@pytest.mark.parametrize(
    ("now", "heard_at", "pinged_at", "due", "look_at"),
    [
        (0, 0, 0, Care.NOTHING, 54),
        (53.9, 0, 0, Care.NOTHING, 54),
        (54, 0, 0, Care.PING, 60),
        (59.9, 0, 54, Care.NOTHING, 60),
        (60, 0, 54, Care.CLOSE, 60),
        (60, 54.1, 54, Care.NOTHING, 108),
        (108, 54.1, 54, Care.PING, 114.1),
        (114.1, 54.1, 108, Care.CLOSE, 114.1),
    ],
)
def test_a_ping_is_due_each_54_s_and_a_close_after_60_s_of_silence(
    now: float, heard_at: float, pinged_at: float, due: Care, look_at: float
) -> None:
    assert care(LIMITS, now=now, heard_at=heard_at, pinged_at=pinged_at) == (due, look_at)
