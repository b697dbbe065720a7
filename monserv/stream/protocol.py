"""The first WebSocket protocol: bytes in, events out; no I/O and no clock of its own.

Clients of this protocol have nothing to say, so messages are counted and
bounded, and their content means nothing. Whoever feeds the bytes sends the
answers: a ``Ping`` wants a pong, a ``PeerClosed`` its echo, and a ``Violation``
is the last event there will be.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum

from monserv.stream import deflate
from monserv.stream.bucket import TokenBucket
from monserv.stream.frames import CloseCode, Opcode
from monserv.stream.limits import Limits
from monserv.stream.parser import Frame, FrameParser, ProtocolViolation

# Close codes that a peer may send (RFC 6455, section 7.4, and IANA's registry).
_REGISTERED = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015)})
_PRIVATE = range(3000, 5000)


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message; ``str`` when it was text."""

    data: str | bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """The peer wants a pong with the same payload."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """The peer lives."""


@dataclass(frozen=True, slots=True)
class PeerClosed:
    """The peer closes; ``None`` when it gave no code."""

    code: int | None


@dataclass(frozen=True, slots=True)
class Violation:
    """The peer broke a rule and is to be closed with this code."""

    code: CloseCode
    reason: str


Event = Message | Ping | Pong | PeerClosed | Violation


class Care(Enum):
    """What a client needs to be kept alive, or not."""

    NOTHING = "nothing"
    PING = "ping"
    CLOSE = "close"


def care(limits: Limits, *, now: float, heard_at: float, pinged_at: float) -> tuple[Care, float]:
    """Return what is due for a client at ``now``, and when to look again.

    All three are monotonic seconds; ``pinged_at`` is the time of the last ping,
    or of the connection's start before the first.
    """
    close_at = heard_at + limits.silence_seconds
    if now >= close_at:
        return Care.CLOSE, now
    ping_at = pinged_at + limits.ping_interval_seconds
    if now >= ping_at:
        return Care.PING, min(close_at, now + limits.ping_interval_seconds)
    return Care.NOTHING, min(close_at, ping_at)


class Protocol:
    """What one client's bytes mean; with ``is_deflated`` its messages may be compressed.

    Each is compressed by itself, and as long as it is once it is inflated.
    """

    __slots__ = (
        "_bucket",
        "_fragments",
        "_is_compressed",
        "_is_over",
        "_is_text",
        "_limits",
        "_max_payload_bytes",
        "_parser",
    )

    def __init__(self, limits: Limits, now: float, *, is_deflated: bool = False) -> None:
        self._limits = limits
        self._bucket = TokenBucket(limits.frames_per_second, limits.burst_frames, now)
        # Short messages grow when they are compressed.
        self._max_payload_bytes = (
            deflate.max_compressed_bytes(limits.max_message_bytes)
            if is_deflated
            else limits.max_message_bytes
        )
        self._parser = FrameParser(self._max_payload_bytes, is_deflated=is_deflated)
        self._fragments: bytearray | None = None
        self._is_compressed = False
        self._is_text = False
        self._is_over = False

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Return what ``data`` completes; nothing after a close or a violation."""
        events: list[Event] = []
        if self._is_over:
            return events
        try:
            for frame in self._parser.feed(data):
                if not self._bucket.take(now):
                    raise ProtocolViolation(CloseCode.POLICY_VIOLATION, "too many frames")
                if (event := self._event(frame)) is not None:
                    events.append(event)
                if isinstance(event, PeerClosed):
                    self._is_over = True
                    break
        except ProtocolViolation as violation:
            self._is_over = True
            events.append(Violation(violation.code, str(violation)))
        return events

    def _event(self, frame: Frame) -> Event | None:
        match frame.opcode:
            case Opcode.PING:
                return Ping(frame.payload)
            case Opcode.PONG:
                return Pong()
            case Opcode.CLOSE:
                return PeerClosed(_close_code(frame.payload))
        return self._message(frame)

    def _message(self, frame: Frame) -> Message | None:
        """Add a data frame to its message; return the message when that is whole."""
        if (self._fragments is None) == (frame.opcode is Opcode.CONTINUATION):
            raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "fragments out of order")
        if self._fragments is None:
            self._fragments = bytearray()
            self._is_text = frame.opcode is Opcode.TEXT
            self._is_compressed = frame.is_compressed
        self._fragments += frame.payload
        most = self._limits.max_message_bytes
        if len(self._fragments) > (self._max_payload_bytes if self._is_compressed else most):
            raise ProtocolViolation(CloseCode.MESSAGE_TOO_BIG, f"at most {most} bytes")
        if not frame.fin:
            return None
        data, self._fragments = bytes(self._fragments), None
        if self._is_compressed:
            data = _inflated(data, most)
        return Message(_utf8(data) if self._is_text else data)


def _inflated(data: bytes, max_bytes: int) -> bytes:
    try:
        return deflate.inflated(data, max_bytes)
    except deflate.TooLong as error:
        raise ProtocolViolation(CloseCode.MESSAGE_TOO_BIG, str(error)) from None
    except deflate.InflationError:
        raise ProtocolViolation(CloseCode.INVALID_DATA, "not as DEFLATE has it") from None


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ProtocolViolation(CloseCode.INVALID_DATA, "text is not UTF-8") from None


def _close_code(payload: bytes) -> int | None:
    if not payload:
        return None
    if len(payload) < 2:  # noqa: PLR2004 -- a close code has two bytes
        raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "half a close code")
    (code,) = struct.unpack_from("!H", payload)
    if code not in _REGISTERED and code not in _PRIVATE:
        raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "close code that may not be sent")
    _utf8(payload[2:])
    return int(code)
