"""One point: what is known of a group's metrics in one slot, as 16-bit words.

The first word is how many polls it is made of. Three follow for each metric: the code of
its average, and how far below and above it lie the codes of its least and its most.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping, Sequence
from itertools import compress
from math import isfinite
from operator import add, mul, sub

from monserv.model.rollup import METRICS, Group
from monserv.series.codes import NULL, SCALES, Scale, apart

WORDS = 3
MOST_POLLS = 0xFFFF

SCALES_OF: Mapping[Group, tuple[Scale, ...]] = {
    group: tuple(SCALES[unit] for unit in metrics.values()) for group, metrics in METRICS.items()
}
_UNKNOWN = (NULL, 0, 0)
_UNKNOWN_WORDS = b"\xff\xff\0\0\0\0"


def measured(group: Group, columns: Sequence[Sequence[float]]) -> bytes | None:
    """Return the point of what was measured, a column for each metric; NaN is unknown.

    ``None`` when nothing is known at all.
    """
    words, polls = [0], [0]
    for scale, column in zip(SCALES_OF[group], columns, strict=True):
        known, total = column, sum(column)
        if not isfinite(total):
            known = [number for number in column if isfinite(number)]
            total = sum(known)
        count = len(known)
        words += _summary(scale, known, total / count) if count else _UNKNOWN
        polls.append(count)
    words[0] = min(max(polls), MOST_POLLS)
    return to_bytes(array("H", words)) if words[0] else None


def combined(group: Group, points: Sequence[bytes]) -> bytes:
    """Return the point of several slots together; each weighs as many polls as it has."""
    scales = SCALES_OF[group]
    text, width = in_one(points, len(scales))
    numbers = from_bytes(text).tolist()
    polls = numbers[::width]
    words = [min(sum(polls), MOST_POLLS)]
    for place, scale in zip(range(1, width, WORDS), scales, strict=False):
        columns = numbers[place::width], numbers[place + 1 :: width], numbers[place + 2 :: width]
        words += _joined(scale, polls, *columns)
    return to_bytes(array("H", words))


def in_one(points: Sequence[bytes], metrics: int = 0) -> tuple[bytes, int]:
    """Return some points as one text, each as long as the others, and how many words that is.

    It knows so many ``metrics`` at least: what was written before there was one of them is
    shorter, and does not know it.
    """
    size = max([2 * (1 + WORDS * metrics), *map(len, points)])
    text = b"".join(points)
    if len(text) != size * len(points):
        text = b"".join(
            [one + _UNKNOWN_WORDS * ((size - len(one)) // 2 // WORDS) for one in points]
        )
    return text, size // 2


def _summary(scale: Scale, known: Sequence[float], mean: float) -> tuple[int, int, int]:
    least, most = min(known), max(known)
    if least == most:
        return scale.code(least), 0, 0
    return scale.around(mean, least, most)


def _joined(
    scale: Scale, polls: list[int], means: list[int], below: list[int], above: list[int]
) -> tuple[int, int, int]:
    if NULL in means:
        known = [code != NULL for code in means]
        polls, means, below, above = (
            list(compress(column, known)) for column in (polls, means, below, above)
        )
        if not means:
            return _UNKNOWN
    least, most = min(map(sub, means, below)), max(map(add, means, above))
    if least == most:
        return least, 0, 0
    numbers = map(scale.numbers.__getitem__, means)
    return apart(scale.code(sum(map(mul, numbers, polls)) / sum(polls)), least, most)


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
