"""From stored points to the curves of an answer, a point for each step.

A step takes in whole slots: its average weighs them by their polls, its least and most
are theirs. A step in which nothing is known is a gap.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import add, mul, sub
from typing import TypeAlias

from monserv.model.rollup import METRICS, Curve, Group
from monserv.series.blocks import Block
from monserv.series.codes import NULL, Scale
from monserv.series.points import SCALES_OF, WORDS, from_bytes

# A text, for 3.11 cannot evaluate it.
Columns: TypeAlias = "tuple[array[int], array[int], array[int]]"
Bounds = Sequence[tuple[int, int]]
GAP = (None, None, None)
Number = float | None


@dataclass(frozen=True, slots=True)
class Found:
    """When each point begins (seconds since 1970), how many polls it has, and the curves.

    ``disks`` maps a mount point to its curves.
    """

    at: Sequence[float] = ()
    samples: Sequence[int] = ()
    metrics: Mapping[str, Curve] = field(default_factory=dict)
    disks: Mapping[str, Mapping[str, Curve]] = field(default_factory=dict)


class Track:
    """One series over some time: its slots in order, their polls, a few of its metrics."""

    def __init__(self, group: Group, metrics: Iterable[str]) -> None:
        places = list(METRICS[group])
        self._scales = SCALES_OF[group]
        self._columns: Mapping[str, tuple[int, Columns]] = {
            name: (places.index(name), (array("H"), array("H"), array("H"))) for name in metrics
        }
        self.slots: list[int] = []
        self.polls = array("H")

    def add_block(self, first: int, block: Block) -> None:
        """Add what lies in a block whose first slot is ``first``; later than all before."""
        self.slots.extend([first + offset for offset in block.offsets])
        self.polls.extend(block.polls)
        for place, columns in self._columns.values():
            for mine, more in zip(columns, block.column(place), strict=True):
                mine.extend(more)

    def add_point(self, slot: int, point: bytes) -> None:
        """Add one point; later than all before."""
        words = from_bytes(point)
        self.slots.append(slot)
        self.polls.append(words[0])
        for place, columns in self._columns.values():
            start = 1 + WORDS * place
            own = words[start : start + WORDS] or (NULL, 0, 0)
            for mine, word in zip(columns, own, strict=True):
                mine.append(word)

    def bounds(self, edges: Sequence[int]) -> Bounds:
        """Return for each step from one edge (a slot) to the next which points are in it."""
        found = [bisect_left(self.slots, edge) for edge in edges]
        return list(pairwise(found))

    def samples(self, bounds: Bounds) -> list[int]:
        """Return how many polls each step has."""
        return [sum(self.polls[first:last]) for first, last in bounds]

    def curve(self, name: str, bounds: Bounds) -> Curve:
        """Return a metric, a point for each step."""
        place, columns = self._columns[name]
        scale = self._scales[place]
        if NULL in columns[0]:
            found = [_known(scale, self.polls, columns, one) for one in bounds]
        else:
            found = [_step(scale, self.polls, columns, one) for one in bounds]
        average, least, most = zip(*found, strict=True) if found else ((), (), ())
        return Curve(average, least, most)


def _step(
    scale: Scale, polls: array[int], columns: Columns, bounds: tuple[int, int]
) -> tuple[Number, Number, Number]:
    """Return average, least and most of the points within ``bounds``, which are all known."""
    first, last = bounds
    if first >= last:
        return GAP
    numbers, digits = scale.numbers, scale.digits
    averages, below, above = columns
    if last == first + 1:
        code = averages[first]
        low, high = code - below[first], code + above[first]
        mean = numbers[code]
    else:
        codes = averages[first:last]
        weights = polls[first:last]
        low = min(map(sub, codes, below[first:last]))
        high = max(map(add, codes, above[first:last]))
        mean = sum(map(mul, map(numbers.__getitem__, codes), weights)) / sum(weights)
    return round(mean, digits), round(numbers[low], digits), round(numbers[high], digits)


def _known(
    scale: Scale, polls: array[int], columns: Columns, bounds: tuple[int, int]
) -> tuple[Number, Number, Number]:
    """Return the same of those points that know the metric."""
    first, last = bounds
    rows = [row for row in range(first, last) if columns[0][row] != NULL]
    if len(rows) == last - first:
        return _step(scale, polls, columns, bounds)
    kept = tuple(array("H", [column[row] for row in rows]) for column in columns)
    weights = array("H", [polls[row] for row in rows])
    return _step(scale, weights, (kept[0], kept[1], kept[2]), (0, len(rows)))
