from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.stream.frames import Opcode
from monserv.stream.parser import Frame, FrameParser, ProtocolViolation
from tests.stream.peer import BINARY, CLOSE, COMPRESSED, PING, PONG, TEXT, masked


def frames_of(data: bytes, chunk_bytes: int = 4096) -> list[Frame]:
    parser = FrameParser(512)
    return [
        frame
        for start in range(0, len(data), chunk_bytes)
        for frame in parser.feed(data[start : start + chunk_bytes])
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from([TEXT, BINARY]), st.binary(max_size=512), st.booleans()),
        max_size=5,
    ),
    st.integers(1, 40),
)
def test_frames_are_the_same_however_the_bytes_arrive(
    wanted: list[tuple[int, bytes, bool]], chunk_bytes: int
) -> None:
    data = b"".join(masked(opcode, payload, fin=fin) for opcode, payload, fin in wanted)

    found = frames_of(data, chunk_bytes)

    assert [(frame.opcode, frame.payload, frame.fin) for frame in found] == wanted


@given(st.binary(max_size=2000))
def test_noise_ends_in_frames_or_a_violation_and_never_fills_the_memory(noise: bytes) -> None:
    parser = FrameParser(512)
    try:
        list(parser.feed(noise))
    except ProtocolViolation:
        return
    assert len(parser._buffer) < 14 + 512


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(masked(TEXT, b"x", reserved=0x40), 1002, id="compressed, not negotiated"),
        pytest.param(masked(TEXT, b"x", reserved=0x20), 1002, id="second reserved bit"),
        pytest.param(masked(TEXT, b"x", reserved=0x10), 1002, id="third reserved bit"),
        pytest.param(masked(TEXT, b"x", mask=False), 1002, id="unmasked"),
        *(pytest.param(masked(opcode), 1002, id=f"opcode {opcode}") for opcode in (3, 7, 11, 15)),
        pytest.param(masked(PING, b"x" * 126), 1002, id="long ping"),
        pytest.param(masked(PONG, b"x" * 126), 1002, id="long pong"),
        pytest.param(masked(CLOSE, b"x" * 126), 1002, id="long close"),
        pytest.param(masked(PING, b"x", fin=False), 1002, id="fragmented ping"),
        pytest.param(b"\x81\xfe\x00\x05", 1002, id="length in two bytes for no reason"),
        pytest.param(b"\x81\xff" + bytes(7) + b"\x05", 1002, id="length in eight for no reason"),
        pytest.param(b"\x81\xff" + b"\xff" * 8, 1002, id="length beyond 63 bits"),
        pytest.param(b"\x81\xff\x7f" + b"\xff" * 7, 1009, id="nine exabytes"),
        pytest.param(masked(TEXT, b"x" * 513), 1009, id="513 bytes"),
    ],
)
def test_a_bad_frame_is_a_violation_that_names_its_close_code(data: bytes, code: int) -> None:
    with pytest.raises(ProtocolViolation) as caught:
        frames_of(data)

    assert caught.value.code == code


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_where_it_was_agreed_on_a_first_frame_may_begin_a_compressed_message(opcode: int) -> None:
    parser = FrameParser(512, is_deflated=True)
    data = masked(opcode, b"x", reserved=COMPRESSED, fin=False) + masked(0, b"y")

    assert list(parser.feed(data)) == [
        Frame(Opcode(opcode), False, b"x", True),
        Frame(Opcode.CONTINUATION, True, b"y", False),
    ]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(masked(0, b"x", reserved=COMPRESSED), id="a later frame"),
        *(
            pytest.param(masked(opcode, b"x", reserved=COMPRESSED), id=f"control frame {opcode}")
            for opcode in (PING, PONG, CLOSE)
        ),
        pytest.param(masked(TEXT, b"x", reserved=0x60), id="the second bit too"),
        pytest.param(masked(TEXT, b"x", reserved=0x50), id="the third bit too"),
        pytest.param(masked(TEXT, b"x", reserved=0x20), id="the second bit alone"),
    ],
)
def test_elsewhere_a_reserved_bit_is_a_violation_all_the_same(data: bytes) -> None:
    with pytest.raises(ProtocolViolation) as caught:
        list(FrameParser(512, is_deflated=True).feed(data))

    assert caught.value.code == 1002


def test_a_frame_that_is_too_long_is_refused_by_its_header_alone() -> None:
    with pytest.raises(ProtocolViolation):
        frames_of(masked(TEXT, b"x" * 513)[:4])


def test_512_bytes_are_allowed() -> None:
    assert frames_of(masked(TEXT, b"x" * 512))[0].payload == b"x" * 512
