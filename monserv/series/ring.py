"""The recent past of one server as numbers, a row a poll, in arrays of a fixed size."""

from __future__ import annotations

import itertools
import math
from array import array
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from monserv.model.rollup import MAX_DISKS, SERVER_METRICS
from monserv.series.gauges import NOTHING, UNKNOWN, DiskIo, DiskUse

WIDTH = len(SERVER_METRICS)
NO_DISKS: Mapping[str, float] = MappingProxyType({})
_NUMBERS = itertools.count(1)


class Ring:
    """The newest ``length`` rows; the oldest make room.

    Numbers have 24 bits, about seven digits. A missed poll is a row in which nothing is
    known. ``disks`` are percents by mount point, of those that the rows know.
    """

    __slots__ = (
        *("_disks", "_known", "_length", "_next", "_stamps", "_values"),
        *("added", "disk_io", "disk_use", "number"),
    )

    def __init__(self, length: int) -> None:
        # No other ring of this process has it.
        self.number = next(_NUMBERS)
        self.added = 0
        self._length = length
        self._next = 0
        # All at once: arrays of a thousand servers that grow leave holes behind everywhere.
        self._stamps = array("d", (UNKNOWN,)) * length
        self._values = array("f", (UNKNOWN,)) * (length * WIDTH)
        self._disks: dict[str, array[float]] = {}
        # Each of these has a column; most rows have the very same.
        self._known: Mapping[str, float] = NO_DISKS
        self.disk_io, self.disk_use = DiskIo(), DiskUse()

    def add(
        self,
        at: float,
        values: Sequence[float] = NOTHING,
        disks: Mapping[str, float] = NO_DISKS,
    ) -> None:
        """Add a row; ``at`` is in seconds since 1970."""
        row = self._next
        self._stamps[row] = at
        self._values[row * WIDTH : (row + 1) * WIDTH] = array("f", values)
        self._next = (row + 1) % self._length
        self.added += 1
        self._add_disks(row, disks)

    def _add_disks(self, row: int, disks: Mapping[str, float]) -> None:
        columns = self._disks
        if disks is not self._known:
            self._make_room(disks)
            # What found no room may find some in a later row.
            self._known = disks if disks.keys() <= columns.keys() else NO_DISKS
        for mount, column in columns.items():
            column[row] = disks.get(mount, UNKNOWN)

    def _make_room(self, disks: Mapping[str, float]) -> None:
        """Have a column for each of these, as far as there is room."""
        for mount in disks.keys() - self._disks.keys():
            if len(self._disks) >= MAX_DISKS:
                self._forget_disks()
            if len(self._disks) < MAX_DISKS:
                self._disks[mount] = array("f", (UNKNOWN,)) * self._length

    def _forget_disks(self) -> None:
        """Drop the mount points that no row knows any more."""
        for mount, column in list(self._disks.items()):
            if all(map(math.isnan, column)):
                del self._disks[mount]

    def __len__(self) -> int:
        return min(self.added, self._length)

    def newest(self, count: int) -> list[int]:
        """Return which rows were added last, in the order in which they were."""
        here = len(self)
        return [(self._next + row) % here for row in range(-min(count, here), 0)]

    def begin(self) -> float | None:
        """Return when its oldest row was taken; ``None`` without any."""
        return min(self._stamps[: len(self)], default=None)

    def rows(self, since: float = -math.inf, until: float = math.inf) -> list[int]:
        """Return which rows are from ``since`` until before ``until``, oldest first."""
        found = [row for row, at in enumerate(self._stamps) if since <= at < until]
        found.sort(key=self._stamps.__getitem__)
        return found

    def stamps(self, rows: Sequence[int]) -> list[float]:
        """Return when rows were taken, in seconds since 1970."""
        return [self._stamps[row] for row in rows]

    def column(self, metric: int, rows: Sequence[int]) -> list[float]:
        """Return one of ``SERVER_METRICS``, by its place there; NaN where it is unknown."""
        values = self._values
        return [values[row * WIDTH + metric] for row in rows]

    def columns(self, rows: Sequence[int]) -> list[tuple[float, ...]]:
        """Return what ``column`` does of each metric, at least one row of them."""
        values = self._values
        return list(zip(*[values[row * WIDTH : (row + 1) * WIDTH] for row in rows], strict=True))

    @property
    def size_bytes(self) -> int:
        """The memory that its numbers take."""
        arrays = (self._stamps, self._values, *self._disks.values())
        return sum(len(one) * one.itemsize for one in arrays)

    @property
    def mounts(self) -> tuple[str, ...]:
        """The mount points of which something may be known."""
        return tuple(self._disks)

    def disk(self, mount: str, rows: Sequence[int]) -> list[float]:
        """Return the used percent of a mount point; NaN where it is unknown."""
        column = self._disks.get(mount)
        return [UNKNOWN] * len(rows) if column is None else [column[row] for row in rows]
