"""The forms in which a stream reaches a client: WebSocket frames, and server-sent events."""

from __future__ import annotations

from typing import Protocol

from monserv.stream import deflate, events, frames
from monserv.stream.kept import Kept

# To compress what is shorter saves 20 bytes, and takes 20 microseconds.
_MIN_COMPRESSED_BYTES = 128
# Messages that come often do not put away those of which there are few.
_LONG_BYTES = 4096


class Form(Protocol):
    """How messages, signs of life and the end look on the wire.

    Forms of the same kind have the same ``name`` and carry the same payloads.
    ``is_closed_by_end`` says that the end of the stream closes it, and no answer of the
    peer is waited for; ``is_deflated`` that the peer may send compressed messages.
    """

    name: str
    is_closed_by_end: bool
    is_deflated: bool

    def message(self, payload: bytes) -> bytes:
        """Return ``payload`` as it goes over the wire."""

    def ping(self) -> bytes:
        """Return a sign of life."""

    def close(self, code: int | None, reason: str) -> bytes:
        """Return the last that a client gets."""


class _WebSocket:
    """Frames; the payload is a JSON document.

    ``window_bits`` are those of permessage-deflate, ``None`` without it.
    """

    name = "websocket"
    is_closed_by_end = False

    def __init__(self, window_bits: int | None = None) -> None:
        self.is_deflated = window_bits is not None
        self._window_bits = window_bits
        self._short, self._long = Kept(self._framed), Kept(self._framed)

    def message(self, payload: bytes) -> bytes:
        return (self._long if len(payload) >= _LONG_BYTES else self._short).of(payload)

    def ping(self) -> bytes:
        return frames.ping()

    def close(self, code: int | None, reason: str) -> bytes:
        return frames.close(code, reason)

    def _framed(self, payload: bytes) -> bytes:
        if self._window_bits is None or len(payload) < _MIN_COMPRESSED_BYTES:
            return frames.text(payload)
        data = deflate.compressed(payload, self._window_bits)
        if len(data) >= len(payload):
            return frames.text(payload)
        return frames.text(data, is_compressed=True)


class _EventStream:
    """Events; the payload is what ``events.event`` made, since an event has its own id."""

    name = "sse"
    is_closed_by_end = True
    is_deflated = False

    def message(self, payload: bytes) -> bytes:
        return payload

    def ping(self) -> bytes:
        return events.PING

    def close(self, code: int | None, reason: str) -> bytes:  # noqa: ARG002 -- the end has no code here
        return events.comment(reason)


WEB_SOCKET: Form = _WebSocket()
WEB_SOCKET_DEFLATE: Form = _WebSocket(window_bits=15)
# For those who ask for less memory to inflate with: 4 KiB instead of 32.
WEB_SOCKET_DEFLATE_4K: Form = _WebSocket(window_bits=12)
EVENT_STREAM: Form = _EventStream()
