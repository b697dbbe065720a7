from __future__ import annotations

import pytest

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
from tests.stream.peer import BINARY, CLOSE, PING, PONG, TEXT, masked

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
