"""The two forms in which a stream reaches a client: WebSocket frames, and server-sent events."""

from __future__ import annotations

from typing import Protocol

from monserv.stream import events, frames


class Form(Protocol):
    """How messages, signs of life and the end look on the wire.

    ``is_closed_by_end`` says that the end of the stream closes it, and no answer
    of the peer is waited for.
    """

    name: str
    is_closed_by_end: bool

    def message(self, payload: bytes) -> bytes:
        """Return ``payload`` as it goes over the wire."""

    def ping(self) -> bytes:
        """Return a sign of life."""

    def close(self, code: int | None, reason: str) -> bytes:
        """Return the last that a client gets."""


class _WebSocket:
    """Frames; the payload is a JSON document."""

    name = "websocket"
    is_closed_by_end = False

    def message(self, payload: bytes) -> bytes:
        return frames.text(payload)

    def ping(self) -> bytes:
        return frames.ping()

    def close(self, code: int | None, reason: str) -> bytes:
        return frames.close(code, reason)


class _EventStream:
    """Events; the payload is what ``events.event`` made, since an event has its own id."""

    name = "sse"
    is_closed_by_end = True

    def message(self, payload: bytes) -> bytes:
        return payload

    def ping(self) -> bytes:
        return events.PING

    def close(self, code: int | None, reason: str) -> bytes:  # noqa: ARG002 -- the end has no code here
        return events.comment(reason)


WEB_SOCKET: Form = _WebSocket()
EVENT_STREAM: Form = _EventStream()
