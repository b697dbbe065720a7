from __future__ import annotations

import json
import os
import zlib

import pytest

from monserv.stream.forms import (
    EVENT_STREAM,
    WEB_SOCKET,
    WEB_SOCKET_CHAINED,
    WEB_SOCKET_CHAINED_4K,
    WEB_SOCKET_DEFLATE,
    WEB_SOCKET_DEFLATE_4K,
    Form,
)

DEFLATED = {15: WEB_SOCKET_DEFLATE, 12: WEB_SOCKET_DEFLATE_4K}
CHAINED = {15: WEB_SOCKET_CHAINED, 12: WEB_SOCKET_CHAINED_4K}
# Repeats itself beyond 4 KiB alone, so that the two windows differ.
DOCUMENT = json.dumps([os.urandom(2500).hex()] * 2).encode()


def test_a_websocket_has_frames() -> None:
    assert WEB_SOCKET.message(b"{}") == b"\x81\x02{}"
    assert WEB_SOCKET.ping() == b"\x89\x00"
    assert WEB_SOCKET.close(1001, "bye") == b"\x88\x05\x03\xe9bye"
    assert not WEB_SOCKET.is_closed_by_end


def test_an_event_stream_has_events_and_ends_with_a_comment_and_its_end() -> None:
    assert EVENT_STREAM.message(b"data: {}\n\n") == b"data: {}\n\n"
    assert EVENT_STREAM.ping() == b":\n\n"
    assert EVENT_STREAM.close(1001, "shutting down") == b": shutting down\n\n"
    assert EVENT_STREAM.is_closed_by_end


@pytest.mark.parametrize("bits", [12, 15])
def test_a_deflated_websocket_has_compressed_messages_that_fit_its_window(bits: int) -> None:
    frame = DEFLATED[bits].message(DOCUMENT)

    assert frame[:2] == b"\xc1\x7e"
    assert int.from_bytes(frame[2:4], "big") == len(frame) - 4 < len(DOCUMENT)
    inflater = zlib.decompressobj(-bits)
    assert inflater.decompress(frame[4:] + b"\x00\x00\xff\xff") == DOCUMENT
    assert not inflater.eof


def test_the_larger_window_makes_smaller_messages() -> None:
    assert len(WEB_SOCKET_DEFLATE.message(DOCUMENT)) < len(WEB_SOCKET_DEFLATE_4K.message(DOCUMENT))


@pytest.mark.parametrize("form", DEFLATED.values())
def test_what_compression_does_not_make_smaller_goes_as_it_is(form: Form) -> None:
    noise = os.urandom(5000)
    for payload in (b"", b"{}", b"x" * 100, noise):
        assert form.message(payload) == WEB_SOCKET.message(payload)


@pytest.mark.parametrize("form", DEFLATED.values())
def test_control_frames_are_never_compressed(form: Form) -> None:
    assert form.ping() == b"\x89\x00"
    assert form.close(1001, "bye" * 40) == WEB_SOCKET.close(1001, "bye" * 40)


@pytest.mark.parametrize("form", [WEB_SOCKET, *DEFLATED.values()])
@pytest.mark.parametrize("size", [300, 300_000])
def test_a_payload_becomes_a_message_once(form: Form, size: int) -> None:
    payload = os.urandom(size // 2).hex().encode()

    assert form.message(payload) is form.message(payload)


def test_forms_of_one_kind_have_one_name() -> None:
    assert {form.name for form in (WEB_SOCKET, *DEFLATED.values(), *CHAINED.values())} == {
        "websocket"
    }
    assert [form.is_deflated for form in (WEB_SOCKET, *DEFLATED.values())] == [False, True, True]
    assert not EVENT_STREAM.is_deflated


@pytest.mark.parametrize("bits", [12, 15])
def test_messages_for_those_who_remember_stand_for_themselves_or_in_a_chain(bits: int) -> None:
    form = CHAINED[bits]
    assert form.message(DOCUMENT) == DEFLATED[bits].message(DOCUMENT)
    # What stands between two of a chain is nothing to remember.
    assert form.aside(DOCUMENT) == WEB_SOCKET.message(DOCUMENT)
    links = form.chain()
    assert links is not None
    assert links.message(DOCUMENT) == form.message(DOCUMENT)
    assert len(links.message(DOCUMENT[-2000:])) < 60
    assert form.chain() is not links


@pytest.mark.parametrize("form", [WEB_SOCKET, *DEFLATED.values(), EVENT_STREAM])
def test_in_other_forms_each_message_stands_for_itself(form: Form) -> None:
    assert form.chain() is None
    assert form.aside(DOCUMENT) == form.message(DOCUMENT)
