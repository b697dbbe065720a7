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
        self._weighed: tuple[Bounds, Sequence[int]] | None = None

    def add_block(self, first: int, block: Block) -> None:
        """Add what lies in a block whose first slot is ``first``; later than all before."""
        self.slots.extend(map(first.__add__, block.offsets))
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

    def samples(self, bounds: Bounds) -> Sequence[int]:
        """Return how many polls each step has."""
        if self._weighed is None or self._weighed[0] is not bounds:
            self._weighed = bounds, _weights(self.polls, bounds)
        return self._weighed[1]

    def curve(self, name: str, bounds: Bounds) -> Curve:
        """Return a metric, a point for each step."""
        place, columns = self._columns[name]
        unknown = columns[0].count(NULL)
        if unknown == len(self.slots):
            gaps = (None,) * len(bounds)
            return Curve(gaps, gaps, gaps)
        polls, weights = self.polls, self.samples(bounds)
        if unknown:
            # Only the points that know it remain, and the steps have fewer.
            rows = [row for row, code in enumerate(columns[0]) if code != NULL]
            bounds = [(bisect_left(rows, first), bisect_left(rows, last)) for first, last in bounds]
            polls = _those(polls, rows)
            weights = _weights(polls, bounds)
            columns = _those(columns[0], rows), _those(columns[1], rows), _those(columns[2], rows)
        return _curve(self._scales[place], columns, polls, list(zip(bounds, weights, strict=True)))


def _weights(polls: array[int], bounds: Bounds) -> Sequence[int]:
    return [sum(polls[first:last]) for first, last in bounds]


def _those(column: array[int], rows: Sequence[int]) -> array[int]:
    return array("H", [column[row] for row in rows])


def _curve(
    scale: Scale,
    columns: Columns,
    polls: array[int],
    steps: Sequence[tuple[tuple[int, int], int]],
) -> Curve:
    """Return the curve of points that are all known; a step has its bounds and its polls.

    Whole columns are computed with at once: that is several times as quick as step by step.
    """
    codes, below, above = columns
    digits, shown = scale.digits, scale.shown
    sums = list(map(mul, map(scale.numbers.__getitem__, codes), polls))
    # Much never moves within a slot.
    lows = list(map(sub, codes, below)) if any(below) else codes
    highs = list(map(add, codes, above)) if any(above) else codes
    return Curve(
        average=[
            round(sum(sums[one:end]) / polled, digits) if polled else None
            for (one, end), polled in steps
        ],
        least=[shown[min(lows[one:end])] if polled else None for (one, end), polled in steps],
        most=[shown[max(highs[one:end])] if polled else None for (one, end), polled in steps],
    )
