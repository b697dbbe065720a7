"""What carries a login, and how it is read: all there is at once."""

from __future__ import annotations

from typing import Protocol

# An answer is shorter, or comes in several pieces anyway.
AHEAD_BYTES = 64 * 1024


class Wire(Protocol):
    """What carries a login: a socket, or a line through a jump server."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Bound each later call; they raise ``TimeoutError``."""

    def send(self, data: bytes, /) -> int:
        """Send some of ``data``; return how much."""

    def recv(self, nbytes: int, /) -> bytes:
        """Return what has arrived, ``b""`` at the end."""

    def shutdown(self, how: int, /) -> None:
        """End both directions, which wakes whoever waits; never waits itself."""

    def close(self) -> None:
        """Let go of it."""


class ReadAhead:
    """Hands out what has arrived in the pieces that are asked for; one thread reads.

    paramiko asks for the first block of each packet and then for its rest: as many system
    calls, and as many waits of a green thread, for what arrived at once.
    """

    # paramiko looks at this when it stops its thread, as if everything were a socket.
    _closed = False

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._ahead: bytes | bytearray = b""
        self._position = 0
        self.send = wire.send
        self.settimeout = wire.settimeout

    def recv(self, nbytes: int, /) -> bytes:
        """Return at most ``nbytes`` of what has arrived, as a socket does."""
        if self._position >= len(self._ahead):
            self._ahead, self._position = self._wire.recv(max(nbytes, AHEAD_BYTES)), 0
        return self._handed_out(min(nbytes, len(self._ahead) - self._position))

    def peek(self, nbytes: int) -> bytes:
        """Return the next ``nbytes``, and leave them there; raises as ``take``."""
        start = self._position
        if len(self._ahead) - start < nbytes:
            self._await(nbytes)
            start = self._position
        return bytes(self._ahead[start : start + nbytes])

    def take(self, nbytes: int) -> bytes:
        """Return the next ``nbytes``, or raise and take none: ``EOFError``, ``OSError``."""
        if len(self._ahead) - self._position < nbytes:
            self._await(nbytes)
        if len(self._ahead) == nbytes:
            # All there is, as it came: nearly each answer is one packet.
            ahead, self._ahead = self._ahead, b""
            return bytes(ahead)
        return self._handed_out(nbytes)

    def _await(self, nbytes: int) -> None:
        while len(self._ahead) - self._position < nbytes:
            piece = self._wire.recv(AHEAD_BYTES)
            if not piece:
                raise EOFError
            if self._position >= len(self._ahead):
                self._ahead, self._position = piece, 0
                continue
            if not isinstance(self._ahead, bytearray):
                self._ahead = bytearray(self._ahead)
            # What is read in drips is joined in place.
            del self._ahead[: self._position]
            self._ahead += piece
            self._position = 0

    def _handed_out(self, nbytes: int) -> bytes:
        start, ahead = self._position, self._ahead
        if start + nbytes < len(ahead):
            self._position = start + nbytes
            return bytes(ahead[start : start + nbytes])
        # A quiet connection keeps nothing of its last answer, which is handed out as it came.
        self._ahead, self._position = b"", 0
        return bytes(ahead[start:] if start else ahead)

    def close(self) -> None:
        """Let go of the wire."""
        self._closed = True
        self._wire.close()
