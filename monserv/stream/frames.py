"""WebSocket frames as bytes, from the server's side (RFC 6455, section 5.2).

A server's frames carry no mask, so one frame serves every client.
"""

from __future__ import annotations

import struct
from enum import IntEnum

_FIN = 0x80
_COMPRESSED = 0x40  # the first reserved bit (RFC 7692, section 6)
_MAX_SHORT = 125
_MAX_TWO_BYTES = 0xFFFF
MAX_CONTROL_BYTES = 125


class Opcode(IntEnum):
    """What a frame carries."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class CloseCode(IntEnum):
    """The close codes that monserv sends (RFC 6455, section 7.4, and IANA's registry)."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    INVALID_DATA = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    INTERNAL_ERROR = 1011
    TRY_AGAIN_LATER = 1013


def text(payload: bytes, *, is_compressed: bool = False) -> bytes:
    """Return one unfragmented text frame; ``payload`` is UTF-8, or that compressed."""
    return _frame(Opcode.TEXT | (_COMPRESSED if is_compressed else 0), payload)


def ping(payload: bytes = b"") -> bytes:
    """Return a ping; ``payload`` is at most 125 bytes."""
    return _control(Opcode.PING, payload)


def pong(payload: bytes) -> bytes:
    """Return the answer to a ping that carried ``payload``."""
    return _control(Opcode.PONG, payload)


def close(code: int | None, reason: str = "") -> bytes:
    """Return a close frame; ``None`` answers a peer that gave no code.

    A reason that does not fit is cut between characters.
    """
    if code is None:
        return _control(Opcode.CLOSE, b"")
    room = MAX_CONTROL_BYTES - 2
    words = reason.encode()[:room].decode(errors="ignore").encode()
    return _control(Opcode.CLOSE, struct.pack("!H", code) + words)


def _control(opcode: Opcode, payload: bytes) -> bytes:
    if len(payload) > MAX_CONTROL_BYTES:
        raise ValueError(f"a control frame carries at most {MAX_CONTROL_BYTES} bytes")
    return _frame(opcode, payload)


def _frame(opcode: int, payload: bytes) -> bytes:
    length = len(payload)
    if length <= _MAX_SHORT:
        head = struct.pack("!BB", _FIN | opcode, length)
    elif length <= _MAX_TWO_BYTES:
        head = struct.pack("!BBH", _FIN | opcode, 126, length)
    else:
        head = struct.pack("!BBQ", _FIN | opcode, 127, length)
    return head + payload
