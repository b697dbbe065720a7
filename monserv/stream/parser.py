"""A client's bytes to frames (RFC 6455, section 5.2); no I/O, no clock.

It holds one unfinished frame at most, and refuses a frame that is too long by
its header, before any of its payload is kept.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from monserv.errors import MonservError
from monserv.stream.frames import MAX_CONTROL_BYTES, CloseCode, Opcode

_FIN = 0x80
_RESERVED = 0x70
_COMPRESSED = 0x40  # the first of the reserved bits (RFC 7692, section 6)
_OPCODE = 0x0F
_CONTROL = 0x08
_MASKED = 0x80
_LENGTH = 0x7F
_KEY_BYTES = 4
_KNOWN = frozenset(Opcode)
_FIRST = frozenset({Opcode.TEXT, Opcode.BINARY})
_TWO_BYTES = 126
_MAX_TWO_BYTES = 0xFFFF


class ProtocolViolation(MonservError):  # noqa: N818 -- RFC 6455 speaks of violations
    """The peer broke the protocol; ``code`` is the close code that says so."""

    def __init__(self, code: CloseCode, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the peer, unmasked; ``is_compressed`` says so of the message it begins."""

    opcode: Opcode
    fin: bool
    payload: bytes
    is_compressed: bool = False


class FrameParser:
    """Collects bytes and gives out whole frames.

    With ``is_deflated`` a message may be compressed; otherwise a bit that says so is a violation.
    """

    __slots__ = ("_buffer", "_max_payload_bytes", "_reserved")

    def __init__(self, max_payload_bytes: int, *, is_deflated: bool = False) -> None:
        self._max_payload_bytes = max_payload_bytes
        self._reserved = _RESERVED & ~_COMPRESSED if is_deflated else _RESERVED
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield each frame that ``data`` completes.

        Raises ``ProtocolViolation``; the parser is of no use after that.
        """
        self._buffer += data
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> Frame | None:
        buffer = self._buffer
        if len(buffer) < 2:  # noqa: PLR2004 -- the two bytes that every frame begins with
            return None
        opcode = _opcode(buffer[0], buffer[1], self._reserved)
        head = _length(buffer)
        if head is None:
            return None
        length, start = head
        if opcode & _CONTROL and length > MAX_CONTROL_BYTES:
            raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "control frame too long")
        if length > self._max_payload_bytes and not opcode & _CONTROL:
            raise ProtocolViolation(
                CloseCode.MESSAGE_TOO_BIG, f"at most {self._max_payload_bytes} bytes a message"
            )
        end = start + _KEY_BYTES + length
        if len(buffer) < end:
            return None
        key = bytes(buffer[start : start + _KEY_BYTES])
        payload = _unmask(bytes(buffer[start + _KEY_BYTES : end]), key)
        fin, is_compressed = bool(buffer[0] & _FIN), bool(buffer[0] & _COMPRESSED)
        del buffer[:end]
        return Frame(opcode, fin, payload, is_compressed)


def _opcode(first: int, second: int, reserved: int) -> Opcode:
    """Return the opcode when the first two bytes of a frame are as they must be.

    ``reserved`` are the bits that mean nothing here.
    """
    if first & reserved:
        raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "reserved bit set")
    if first & _OPCODE not in _KNOWN:
        raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "unknown opcode")
    if not second & _MASKED:
        raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "frame without a mask")
    opcode = Opcode(first & _OPCODE)
    if opcode & _CONTROL and not first & _FIN:
        raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "fragmented control frame")
    if first & _COMPRESSED and opcode not in _FIRST:
        raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "compressed, and begins no message")
    return opcode


def _length(buffer: bytearray) -> tuple[int, int] | None:
    """Return (payload bytes, offset of the mask), or None until the header is whole."""
    length = buffer[1] & _LENGTH
    if length < _TWO_BYTES:
        return length, 2
    layout, least = ("!H", _TWO_BYTES) if length == _TWO_BYTES else ("!Q", _MAX_TWO_BYTES + 1)
    end = 2 + struct.calcsize(layout)
    if len(buffer) < end:
        return None
    (length,) = struct.unpack_from(layout, buffer, 2)
    if length < least:
        raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "length not in its shortest form")
    if length >> 63:
        raise ProtocolViolation(CloseCode.PROTOCOL_ERROR, "length beyond 63 bits")
    return length, end


def _unmask(payload: bytes, key: bytes) -> bytes:
    """Undo the mask (RFC 6455, section 5.3): one XOR over the whole payload."""
    size = len(payload)
    mask = (key * (size // _KEY_BYTES + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(mask)).to_bytes(size)
