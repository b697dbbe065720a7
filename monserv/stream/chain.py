"""Messages that are compressed with those before them in mind (RFC 7692, section 7.2); no I/O.

One compression serves all who got the very same compressed messages since the chain
began, whatever they got before: its first message refers to nothing. What is not
compressed may stand between two of them, since it leaves no trace in what a client
remembers.

Only the text of the last messages is kept. A compressor that remembers them itself would
save the time to read them again (50 microseconds), and take 16 times the memory.
"""

from __future__ import annotations

from monserv.stream import deflate, frames

# The last changes of twenty servers. Twice as much saves 2 % more.
_MAX_KNOWN_BYTES = 16 * 1024
# A chain that begins anew that often makes deltas 8 % longer.
_LONG = 32


class Chain:
    """The messages that some clients got in common; ``window_bits`` are those of each."""

    __slots__ = ("_known", "_length", "_max_known_bytes", "_window_bits")

    def __init__(self, window_bits: int) -> None:
        self._window_bits = window_bits
        self._max_known_bytes = min(_MAX_KNOWN_BYTES, 1 << window_bits)
        self._known = b""
        self._length = 0

    def is_long(self) -> bool:
        """Whether it has served for long enough to begin another one."""
        return self._length >= _LONG

    def begin(self) -> None:
        """Forget everything: the next message is for anybody."""
        self._known = b""
        self._length = 0

    def message(self, payload: bytes) -> bytes:
        """Return the next message, framed."""
        self._length += 1
        data = deflate.compressed(payload, self._window_bits, self._known)
        if len(data) >= len(payload):
            return frames.text(payload)
        most = self._max_known_bytes
        self._known = (self._known + payload[-most:])[-most:]
        return frames.text(data, is_compressed=True)
