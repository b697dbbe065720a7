"""The processes of one list, by columns: of a thousand servers there are a hundred thousand."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, overload

from monserv.probe.numbers import MAX_COUNTER


class ProcessRow(NamedTuple):
    """What one row says, in clock ticks: when it started after boot, how long it has run."""

    pid: int
    name: str
    started_ticks: int
    rss_pages: int
    cpu_ticks: int = 0


class ProcessTable(Sequence[ProcessRow]):
    """A sequence of rows, equal to a tuple of them; numbers are of eight bytes each."""

    __slots__ = ("cpu_ticks", "names", "pids", "rss_pages", "started_ticks")

    def __init__(
        self,
        pids: array[int],
        names: Sequence[str],
        started_ticks: array[int],
        rss_pages: array[int],
        cpu_ticks: array[int],
    ) -> None:
        self.pids = pids
        self.names = names
        self.started_ticks = started_ticks
        self.rss_pages = rss_pages
        self.cpu_ticks = cpu_ticks

    @classmethod
    def of(cls, rows: Iterable[ProcessRow]) -> ProcessTable:
        """Return a table of ``rows``; the same when it is one."""
        if isinstance(rows, ProcessTable):
            return rows
        listed = list(rows)
        return cls(
            array("q", [row.pid for row in listed]),
            [row.name for row in listed],
            array("q", [row.started_ticks for row in listed]),
            array("q", [row.rss_pages for row in listed]),
            array("q", [min(row.cpu_ticks, MAX_COUNTER) for row in listed]),
        )

    def row(self, index: int) -> ProcessRow:
        """Return one row."""
        return ProcessRow(
            self.pids[index],
            self.names[index],
            self.started_ticks[index],
            self.rss_pages[index],
            self.cpu_ticks[index],
        )

    def __len__(self) -> int:
        return len(self.pids)

    @overload
    def __getitem__(self, index: int) -> ProcessRow: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ProcessRow, ...]: ...
    def __getitem__(self, index: int | slice) -> ProcessRow | tuple[ProcessRow, ...]:
        return tuple(self)[index] if isinstance(index, slice) else self.row(index)

    def __iter__(self) -> Iterator[ProcessRow]:
        return map(
            ProcessRow,
            self.pids,
            self.names,
            self.started_ticks,
            self.rss_pages,
            self.cpu_ticks,
        )

    def __eq__(self, other: object) -> bool:
        return tuple(self) == (tuple(other) if isinstance(other, ProcessTable) else other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
