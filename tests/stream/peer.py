"""The other end of a connection: an independent reader of frames and a maker of client frames.

It shares no code with the product, so that an error in one is not hidden by the
same error in the other.
"""

from __future__ import annotations

import os
import socket
import zlib
from dataclasses import dataclass

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
COMPRESSED = 0x40


def masked(
    opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0, mask: bool = True
) -> bytes:
    head = bytes([(0x80 if fin else 0) | reserved | opcode])
    bit = 0x80 if mask else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([bit | 126]) + len(payload).to_bytes(2, "big")
    else:
        head += bytes([bit | 127]) + len(payload).to_bytes(8, "big")
    if not mask:
        return head + payload
    key = os.urandom(4)
    # As one number: some tests send millions of bytes.
    veil = (key * (len(payload) // 4 + 1))[: len(payload)]
    hidden = int.from_bytes(payload, "big") ^ int.from_bytes(veil, "big")
    return head + key + hidden.to_bytes(len(payload), "big")


def deflated(payload: bytes, level: int = 9) -> bytes:
    """Return what a client puts into a compressed message."""
    deflater = zlib.compressobj(level, zlib.DEFLATED, -15)
    return (deflater.compress(payload) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]


class Inflater:
    """Inflates a client's messages, strictly; ``remembers`` is context takeover."""

    def __init__(self, window_bits: int, *, remembers: bool = False) -> None:
        self._window_bits = window_bits
        self._remembers = remembers
        self._inflater = zlib.decompressobj(-window_bits)

    def message(self, payload: bytes) -> bytes:
        if not self._remembers:
            self._inflater = zlib.decompressobj(-self._window_bits)
        message = self._inflater.decompress(payload + b"\x00\x00\xff\xff")
        assert not self._inflater.eof
        assert self._inflater.unused_data == b"", "bytes after a message: the stream is corrupt"
        return message


@dataclass(frozen=True)
class Received:
    opcode: int
    payload: bytes
    is_compressed: bool = False

    @property
    def code(self) -> int | None:
        return int.from_bytes(self.payload[:2], "big") if len(self.payload) >= 2 else None


class Peer:
    """Reads whole frames from a socket, strictly: anything odd fails the test.

    With ``window_bits`` it has agreed to permessage-deflate, and inflates each message by
    itself, or, when it ``remembers``, after those before it.
    """

    def __init__(
        self,
        sock: socket.socket,
        timeout_seconds: float = 30.0,
        window_bits: int | None = None,
        *,
        remembers: bool = False,
    ) -> None:
        self.sock = sock
        self.window_bits = window_bits
        self._inflater = window_bits and Inflater(window_bits, remembers=remembers)
        sock.settimeout(timeout_seconds)
        self._buffer = b""
        self.head = ""  # the answer to the handshake, where there was one

    def frame(self) -> Received | None:
        """Return the next frame, or None at the end of the stream."""
        head = self._exactly(2, at_start=True)
        if not head:
            return None
        first, second = head
        is_compressed = first & 0x70 == COMPRESSED and first & 0xF == TEXT
        assert first & 0x70 == 0 or (is_compressed and self.window_bits), (
            "reserved bits in a server frame: the stream is corrupt"
        )
        assert first & 0x80, "a fragment: the server never makes one"
        assert second & 0x80 == 0, "a masked server frame: the stream is corrupt"
        assert first & 0xF in {TEXT, CLOSE, PING, PONG}, "the stream is corrupt"
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(self._exactly(2), "big")
        elif length == 127:
            length = int.from_bytes(self._exactly(8), "big")
        payload = self._exactly(length)
        if is_compressed and self._inflater:
            payload = self._inflater.message(payload)
        return Received(first & 0xF, payload, is_compressed)

    def frames(self) -> list[Received]:
        """Return every frame until the end of the stream."""
        found = []
        while (frame := self.frame()) is not None:
            found.append(frame)
        return found

    def texts(self, count: int) -> list[bytes]:
        """Return the payloads of the next ``count`` text frames."""
        found: list[bytes] = []
        while len(found) < count:
            frame = self.frame()
            assert frame is not None, "the stream ended early"
            if frame.opcode == TEXT:
                found.append(frame.payload)
        return found

    def send(self, *frames: bytes) -> None:
        self.sock.sendall(b"".join(frames))

    def _exactly(self, count: int, *, at_start: bool = False) -> bytes:
        while len(self._buffer) < count:
            try:
                data = self.sock.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                is_between_frames = at_start and not self._buffer
                assert is_between_frames, "the stream ended inside a frame"
                return b""
            self._buffer += data
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data


def until_closed(peer: Peer) -> int | None:
    """Return the code of its close, and be gone."""
    while (frame := peer.frame()) is not None and frame.opcode != CLOSE:
        pass
    peer.sock.close()
    return frame.code if frame else None
