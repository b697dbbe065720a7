"""Chains of messages, read by an inflater that shares nothing with what made them."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.stream.chain import Chain
from tests.stream.peer import Inflater

ROW = b'{"name":"a name","used_percent":%d}'


def payload_of(frame: bytes) -> bytes:
    return frame[2 if frame[1] < 126 else 4 if frame[1] == 126 else 10 :]


def read(inflater: Inflater, frame: bytes) -> bytes:
    assert frame[0] in {0x81, 0xC1}
    payload = payload_of(frame)
    return inflater.message(payload) if frame[0] == 0xC1 else payload


@pytest.mark.parametrize("bits", [12, 15])
@given(
    messages=st.lists(
        st.tuples(st.binary(max_size=40), st.integers(1, 600)).map(lambda each: each[0] * each[1]),
        max_size=8,
    ),
    begins=st.sets(st.integers(0, 7)),
    before=st.binary(min_size=1, max_size=100),
)
def test_whoever_got_every_message_since_it_began_reads_them_all(
    bits: int, messages: list[bytes], begins: set[int], before: bytes
) -> None:
    chain = Chain(bits)
    readers = [Inflater(bits, remembers=True)]
    for number, message in enumerate(messages):
        if number in begins:
            chain.begin()
            # One more, who got something else until now.
            readers.append(Inflater(bits, remembers=True))
            read(readers[-1], Chain(bits).message(before * 100))
        frame = chain.message(message)
        assert [read(reader, frame) for reader in readers] == [message] * len(readers)


def test_what_was_said_before_makes_what_is_like_it_short() -> None:
    chain = Chain(15)
    sizes = [len(chain.message(b'{"servers":' + ROW % number + b"}")) for number in range(3)]
    assert sizes[0] > 40
    assert sizes[1] < 20
    assert sizes[2] < 20


def test_what_does_not_become_shorter_goes_as_it_is_and_is_not_referred_to() -> None:
    chain, reader = Chain(15), Inflater(15, remembers=True)
    noise = os.urandom(300)
    assert read(reader, chain.message(ROW * 3)) == ROW * 3
    assert chain.message(noise) == b"\x81\x7e\x01\x2c" + noise
    assert read(reader, chain.message(ROW * 2)) == ROW * 2
    # It would be a reference to what no client remembers.
    assert chain.message(noise) == b"\x81\x7e\x01\x2c" + noise


def test_it_is_long_after_some_messages_until_it_begins_anew() -> None:
    chain = Chain(15)
    for _ in range(31):
        chain.message(ROW)
    assert not chain.is_long()
    chain.message(ROW)
    assert chain.is_long()
    chain.begin()
    assert not chain.is_long()


def test_what_it_knows_has_an_end() -> None:
    chain = Chain(15)
    first = os.urandom(500).hex().encode()
    chain.message(first)
    assert len(chain.message(first)) < 50
    chain.message(os.urandom(9000).hex().encode())
    assert len(chain.message(first)) > 500
