from __future__ import annotations

from monserv.stream.forms import EVENT_STREAM, WEB_SOCKET


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
