"""A message through DEFLATE and back, and what comes back that was never compressed so."""

from __future__ import annotations

import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.stream import deflate
from monserv.stream.deflate import (
    InflationError,
    TooLong,
    compressed,
    inflated,
    max_compressed_bytes,
)

# RFC 7692, section 7.2.3: the examples.
HELLO = bytes.fromhex("f248cdc9c907 00")
HELLO_WITHOUT_COMPRESSION = bytes.fromhex("000500faff48656c6c6f00")
HELLO_IN_A_LAST_BLOCK = bytes.fromhex("f348cdc9c9070000")
HELLO_IN_TWO_BLOCKS = bytes.fromhex("f248050000 00ffffcac9c90700")


@given(st.binary(max_size=3000), st.sampled_from([9, 12, 15]))
def test_what_was_compressed_for_a_window_is_inflated_by_a_reader_with_that_window(
    payload: bytes, window_bits: int
) -> None:
    data = compressed(payload * 10, window_bits)

    inflater = zlib.decompressobj(-window_bits)
    assert inflater.decompress(data + b"\x00\x00\xff\xff") == payload * 10
    assert inflated(data, 30000) == payload * 10


def test_a_long_message_lets_others_go_first_and_is_what_it_would_be_in_one_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns: list[None] = []
    monkeypatch.setattr(deflate, "give_way", lambda: turns.append(None))
    payload = b"".join(b'{"n":%d}' % number for number in range(100_000))

    assert inflated(compressed(payload), len(payload)) == payload
    assert len(turns) == (len(payload) - 1) // (128 * 1024)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(HELLO, b"Hello", id="one block"),
        pytest.param(HELLO_WITHOUT_COMPRESSION, b"Hello", id="not compressed"),
        pytest.param(HELLO_IN_A_LAST_BLOCK, b"Hello", id="a last block"),
        pytest.param(HELLO_IN_TWO_BLOCKS, b"Hello", id="two blocks"),
        pytest.param(b"\x00", b"", id="empty"),
        pytest.param(b"", b"", id="nothing at all"),
    ],
)
def test_the_examples_of_the_rfc_are_understood(data: bytes, message: bytes) -> None:
    assert inflated(data, 5) == message


def test_what_follows_a_last_block_may_refer_to_what_came_before_it() -> None:
    first = zlib.compressobj(9, zlib.DEFLATED, -15)
    second = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=b"Hello, hello")
    data = first.compress(b"Hello, hello") + first.flush(zlib.Z_FINISH)
    data += second.compress(b"Hello, hello") + second.flush(zlib.Z_SYNC_FLUSH)

    assert inflated(data[:-4], 100) == b"Hello, hello" * 2


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xff", id="no such block"),
        pytest.param(b"Hello", id="text"),
        pytest.param(b"\x00\x05\x00\x00\x00Hello", id="a wrong length"),
        pytest.param(b"\x03\x00" * 10, id="one last block after the other"),
    ],
)
def test_other_bytes_are_an_error(data: bytes) -> None:
    with pytest.raises(InflationError):
        inflated(data, 512)


@given(st.binary(max_size=700), st.integers(0, 600))
def test_noise_is_a_bounded_message_or_an_error_and_nothing_else(noise: bytes, most: int) -> None:
    try:
        message = inflated(noise, most)
    except (InflationError, TooLong):
        return
    assert len(message) <= most


def test_a_message_may_be_as_long_as_it_may_be_and_no_longer() -> None:
    data = compressed(b"x" * 512)

    assert inflated(data, 512) == b"x" * 512
    with pytest.raises(TooLong):
        inflated(data, 511)


@pytest.mark.parametrize("most", [512, 16384])
def test_a_bomb_is_refused_and_never_inflated(most: int) -> None:
    bomb = compressed(bytes(50_000_000))
    assert len(bomb) > 40_000
    tracemalloc.start()
    try:
        with pytest.raises(TooLong):
            inflated(bomb, most)
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


@given(st.binary(min_size=1, max_size=64), st.integers(1, 300), st.integers(0, 9))
def test_every_setting_of_zlib_keeps_within_what_a_compressed_message_may_have(
    seed: bytes, times: int, level: int
) -> None:
    payload = seed * times
    for memory in (1, 9):
        deflater = zlib.compressobj(level, zlib.DEFLATED, -9, memory)
        data = deflater.compress(payload) + deflater.flush(zlib.Z_SYNC_FLUSH)
        assert len(data) - 4 <= max_compressed_bytes(len(payload))
