"""One point: what is known of a group's metrics in one slot, as 16-bit words.

The first word is how many polls it is made of. Three follow for each metric: the code of
its average, and how far below and above it lie the codes of its least and its most.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence

from monserv.model.rollup import METRICS, Group
from monserv.series.codes import NULL, SCALES, Scale

WORDS = 3
MOST_POLLS = 0xFFFF

SCALES_OF: Mapping[Group, tuple[Scale, ...]] = {
    group: tuple(SCALES[unit] for unit in metrics.values()) for group, metrics in METRICS.items()
}
_UNKNOWN = (NULL, 0, 0)


def measured(group: Group, columns: Sequence[Sequence[float]]) -> bytes | None:
    """Return the point of what was measured, a column for each metric; NaN is unknown.

    ``None`` when nothing is known at all.
    """
    words = array("H", (0,))
    polls = 0
    for scale, column in zip(SCALES_OF[group], columns, strict=True):
        known, total = column, sum(column)
        if not math.isfinite(total):
            known = [number for number in column if math.isfinite(number)]
            total = sum(known)
        polls = max(polls, len(known))
        words.extend(_summary(scale, known, total) if known else _UNKNOWN)
    words[0] = min(polls, MOST_POLLS)
    return to_bytes(words) if polls else None


def combined(group: Group, points: Iterable[bytes]) -> bytes:
    """Return the point of several slots together; each weighs as many polls as it has."""
    parts = [from_bytes(point) for point in points]
    words = array("H", (min(sum(part[0] for part in parts), MOST_POLLS),))
    for number, scale in enumerate(SCALES_OF[group]):
        place = 1 + WORDS * number
        # What was written before there was this metric is shorter.
        known = [part for part in parts if len(part) > place and part[place] != NULL]
        words.extend(_joined(known, place, scale) if known else _UNKNOWN)
    return to_bytes(words)


def _summary(scale: Scale, known: Sequence[float], total: float) -> tuple[int, int, int]:
    least, most = min(known), max(known)
    if least == most:
        return scale.code(least), 0, 0
    return _around(scale.code(total / len(known)), scale.code(least), scale.code(most))


def _joined(known: Sequence[array[int]], place: int, scale: Scale) -> tuple[int, int, int]:
    numbers = scale.numbers
    polls = sum(part[0] for part in known)
    mean = sum(numbers[part[place]] * part[0] for part in known) / polls
    least = min(part[place] - part[place + 1] for part in known)
    most = max(part[place] + part[place + 2] for part in known)
    return _around(scale.code(mean), least, most)


def _around(mean: int, least: int, most: int) -> tuple[int, int, int]:
    return mean, max(0, mean - least), max(0, most - mean)


def to_bytes(words: array[int]) -> bytes:
    """Return words as they are stored: the low byte first."""
    if sys.byteorder == "big":
        words = words[:]
        words.byteswap()
    return words.tobytes()


def from_bytes(stored: bytes) -> array[int]:
    """Return stored words."""
    words = array("H")
    words.frombytes(stored)
    if sys.byteorder == "big":
        words.byteswap()
    return words
