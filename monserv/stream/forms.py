"""The forms in which a stream reaches a client: WebSocket frames, and server-sent events."""

from __future__ import annotations

from typing import Protocol

from monserv.stream import deflate, events, frames
from monserv.stream.chain import Chain
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
        """Return ``payload`` as it goes over the wire, whatever went before."""

    def framed(self, payload: bytes) -> bytes:
        """Return the same, made anew: of what is kept elsewhere."""

    def aside(self, payload: bytes) -> bytes:
        """Return the same so that it may also stand between the messages of a chain."""

    def chain(self) -> Chain | None:
        """Return a new chain of messages; ``None`` where each stands for itself."""

    def ping(self) -> bytes:
        """Return a sign of life."""

    def close(self, code: int | None, reason: str) -> bytes:
        """Return the last that a client gets."""


class _WebSocket:
    """Frames; the payload is a JSON document.

    ``window_bits`` are those of permessage-deflate, ``None`` without it. With
    ``is_chained`` its client remembers what it inflated for the messages that follow.
    """

    name = "websocket"
    is_closed_by_end = False

    def __init__(self, window_bits: int | None = None, *, is_chained: bool = False) -> None:
        self.is_deflated = window_bits is not None
        self._window_bits = window_bits
        self._is_chained = is_chained
        self._short, self._long = Kept(self.framed), Kept(self.framed)

    def message(self, payload: bytes) -> bytes:
        return (self._long if len(payload) >= _LONG_BYTES else self._short).of(payload)

    def aside(self, payload: bytes) -> bytes:
        return frames.text(payload) if self._is_chained else self.message(payload)

    def chain(self) -> Chain | None:
        if not self._is_chained or self._window_bits is None:
            return None
        return Chain(self._window_bits)

    def ping(self) -> bytes:
        return frames.ping()

    def close(self, code: int | None, reason: str) -> bytes:
        return frames.close(code, reason)

    def framed(self, payload: bytes) -> bytes:
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

    def framed(self, payload: bytes) -> bytes:
        return payload

    def aside(self, payload: bytes) -> bytes:
        return payload

    def chain(self) -> Chain | None:
        return None

    def ping(self) -> bytes:
        return events.PING

    def close(self, code: int | None, reason: str) -> bytes:  # noqa: ARG002 -- the end has no code here
        return events.comment(reason)


WEB_SOCKET: Form = _WebSocket()
WEB_SOCKET_DEFLATE: Form = _WebSocket(window_bits=15)
# For those who ask for less memory to inflate with: 4 KiB instead of 32.
WEB_SOCKET_DEFLATE_4K: Form = _WebSocket(window_bits=12)
# For those of ``monserv.v2`` who remember, which saves half.
WEB_SOCKET_CHAINED: Form = _WebSocket(window_bits=15, is_chained=True)
WEB_SOCKET_CHAINED_4K: Form = _WebSocket(window_bits=12, is_chained=True)
EVENT_STREAM: Form = _EventStream()
