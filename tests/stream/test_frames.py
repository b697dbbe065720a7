from __future__ import annotations

import pytest

from monserv.stream import frames


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_text_frame_has_the_shortest_header_and_no_mask(size: int, head: bytes) -> None:
    assert frames.text(b"x" * size) == head + b"x" * size


def test_a_compressed_message_says_so_in_its_first_byte() -> None:
    assert frames.text(b"x", is_compressed=True) == b"\xc1\x01x"


def test_a_ping_without_payload_is_two_bytes() -> None:
    assert frames.ping() == b"\x89\x00"


def test_a_pong_carries_the_payload_of_its_ping() -> None:
    assert frames.pong(b"abc") == b"\x8a\x03abc"


def test_a_control_frame_beyond_125_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="125"):
        frames.pong(b"x" * 126)


def test_a_close_carries_its_code_and_reason() -> None:
    assert frames.close(1001, "bye") == b"\x88\x05\x03\xe9bye"


def test_a_close_that_answers_no_code_carries_none() -> None:
    assert frames.close(None) == b"\x88\x00"


def test_a_long_reason_is_cut_between_characters() -> None:
    frame = frames.close(1001, "é" * 100)

    assert frame[1] <= 125
    assert frame[4:].decode() == "é" * 61
