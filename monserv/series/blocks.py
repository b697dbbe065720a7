"""Many points of one series as one compressed text.

Layout: one byte for the format, one for the number of metrics; a bit for each slot of
the block, set where it has a point; then all low bytes and all high bytes of the points,
word by word (first the polls of all points, then the averages of the first metric, ...).
What lies together is alike, so it is a quarter of its size compressed (raw deflate), and
a reader takes the columns that it wants and no others.

A block may have a digest before it, which is compressed by itself and laid out alike, with
a format of its own: the same in points of several slots each, for whoever asks about a time
so long that no more can be seen.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Mapping, Sequence

from monserv.series.codes import NULL
from monserv.series.points import WORDS, from_bytes, in_one, to_bytes

_FORMAT = 1
_DIGEST = 2
_HEADER_BYTES = 2
_LEVEL = 9
_RAW = -zlib.MAX_WBITS


def packed(
    points: Mapping[int, bytes], slots: int, digest: Mapping[int, bytes] | None = None
) -> bytes:
    """Return a block of ``slots`` slots; ``points`` are by their number in it.

    ``digest`` has those of several slots each, as many in each, by their number.
    """
    text = _packed(_FORMAT, points, slots)
    return _packed(_DIGEST, digest, slots) + text if digest else text


def _packed(form: int, points: Mapping[int, bytes], slots: int) -> bytes:
    text, width = in_one([points[slot] for slot in sorted(points)])
    low, high = text[::2], text[1::2]
    bits = sum(1 << slot for slot in points)
    header = bytes((form, (width - 1) // WORDS))
    columns = [half[place::width] for half in (low, high) for place in range(width)]
    body = header + bits.to_bytes(_mask_bytes(slots), "little") + b"".join(columns)
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    return squeeze.compress(body) + squeeze.flush()


class Block:
    """A block that is read; raises ``ValueError`` when it is none.

    ``offsets`` are the slots that have a point, in order, ``polls`` how many each has. With
    ``digest_slots``, for how many slots each point of a digest stands, it is that where there
    is one; a point is then at the first of its slots.
    """

    __slots__ = ("_words", "metrics", "offsets", "polls")

    def __init__(self, stored: bytes, slots: int, digest_slots: int = 0) -> None:
        body, rest = _unpacked(stored)
        form, stride = _FORMAT, 1
        if body[:1] == bytes((_DIGEST,)):
            if digest_slots:
                form, stride = _DIGEST, digest_slots
            else:
                body, _ = _unpacked(rest)
        start = _HEADER_BYTES + _mask_bytes(slots)
        if len(body) < start or body[0] != form:
            raise ValueError("a block of history has an unknown format")
        self.metrics = body[1]
        self.offsets = _offsets(int.from_bytes(body[_HEADER_BYTES:start], "little"), slots, stride)
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


def _unpacked(stored: bytes) -> tuple[bytes, bytes]:
    """Return what was compressed, and what is stored behind it."""
    reader = zlib.decompressobj(_RAW)
    try:
        body = reader.decompress(stored)
    except zlib.error as error:
        raise ValueError(f"a block of history cannot be read: {error}") from None
    if not reader.eof:
        raise ValueError("a block of history cannot be read: it ends too early")
    return body, reader.unused_data


def _offsets(bits: int, slots: int, stride: int) -> Sequence[int]:
    """Return the slots whose bits are set, one bit for each ``stride``; mostly all of them are."""
    count = slots // stride
    if bits == (1 << count) - 1:
        return range(0, count * stride, stride)
    return [stride * place for place in range(slots) if bits >> place & 1]


def _mask_bytes(slots: int) -> int:
    return (slots + 7) // 8
