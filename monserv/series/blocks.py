"""Many points of one series as one compressed text.

Layout: one byte for the format, one for the number of metrics; a bit for each slot of
the block, set where it has a point; then all low bytes and all high bytes of the points,
word by word (first the polls of all points, then the averages of the first metric, ...).
What lies together is alike, so it is a quarter of its size compressed (raw deflate), and
a reader takes the columns that it wants and no others.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Mapping, Sequence

from monserv.series.codes import NULL
from monserv.series.points import WORDS, from_bytes, to_bytes

_FORMAT = 1
_HEADER_BYTES = 2
_LEVEL = 9
_RAW = -zlib.MAX_WBITS


def packed(points: Mapping[int, bytes], slots: int) -> bytes:
    """Return a block of ``slots`` slots; ``points`` are by their number in it."""
    rows = [from_bytes(points[slot]) for slot in sorted(points)]
    width = max(len(row) for row in rows)
    for row in rows:
        # It is from before the group had its last metrics.
        row.extend((NULL, 0, 0) * ((width - len(row)) // WORDS))
    words = b"".join(to_bytes(array("H", column)) for column in zip(*rows, strict=True))
    bits = sum(1 << slot for slot in points)
    header = bytes((_FORMAT, (width - 1) // WORDS))
    body = header + bits.to_bytes(_mask_bytes(slots), "little") + words[0::2] + words[1::2]
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    return squeeze.compress(body) + squeeze.flush()


class Block:
    """A block that is read; raises ``ValueError`` when it is none.

    ``offsets`` are the slots that have a point, in order, ``polls`` how many each has.
    """

    __slots__ = ("_words", "metrics", "offsets", "polls")

    def __init__(self, stored: bytes, slots: int) -> None:
        try:
            body = zlib.decompress(stored, _RAW)
        except zlib.error as error:
            raise ValueError(f"a block of history cannot be read: {error}") from None
        start = _HEADER_BYTES + _mask_bytes(slots)
        if len(body) < start or body[0] != _FORMAT:
            raise ValueError("a block of history has an unknown format")
        self.metrics = body[1]
        self.offsets = _offsets(int.from_bytes(body[_HEADER_BYTES:start], "little"), slots)
        words = (1 + WORDS * self.metrics) * len(self.offsets)
        if len(body) != start + 2 * words:
            raise ValueError("a block of history has another length than it says")
        both = bytearray(2 * words)
        both[0::2] = body[start : start + words]
        both[1::2] = body[start + words :]
        self._words = from_bytes(bytes(both))
        self.polls = self._column(0)

    def column(self, metric: int) -> tuple[array[int], array[int], array[int]]:
        """Return codes of averages, and how far below and above lie least and most."""
        if metric >= self.metrics:
            zeros = array("H", bytes(2 * len(self.offsets)))
            return array("H", [NULL]) * len(self.offsets), zeros, zeros
        place = 1 + WORDS * metric
        return self._column(place), self._column(place + 1), self._column(place + 2)

    def points(self) -> dict[int, bytes]:
        """Return the points by their number in the block."""
        columns = [self._column(place) for place in range(1 + WORDS * self.metrics)]
        rows = zip(*columns, strict=True)
        return {
            slot: to_bytes(array("H", row)) for slot, row in zip(self.offsets, rows, strict=True)
        }

    def _column(self, place: int) -> array[int]:
        count = len(self.offsets)
        return self._words[place * count : (place + 1) * count]


def _offsets(bits: int, slots: int) -> Sequence[int]:
    """Return which bits are set; mostly all of them are."""
    if bits == (1 << slots) - 1:
        return range(slots)
    return [slot for slot in range(slots) if bits >> slot & 1]


def _mask_bytes(slots: int) -> int:
    return (slots + 7) // 8
