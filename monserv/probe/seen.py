"""All processes of a server, as an alert looks one of them up: kept small, for there are many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monserv.probe.process_table import ProcessRow, ProcessTable


class Seen(Mapping[int, tuple[int, int]]):
    """Pid -> when it started, in ticks after boot, and its resident bytes.

    Three arrays are a tenth of a dictionary of pairs, and nothing that is searched for
    cyclic garbage; it is looked into only while a process has an alert.
    """

    __slots__ = ("_page_bytes", "_pages", "_pids", "_started")

    def __init__(self, rows: Sequence[ProcessRow], page_bytes: int) -> None:
        table = ProcessTable.of(rows)
        self._pids, self._started, self._pages = table.pids, table.started_ticks, table.rss_pages
        self._page_bytes = page_bytes

    def __getitem__(self, pid: int) -> tuple[int, int]:
        try:
            index = self._pids.index(pid)
        except ValueError:
            raise KeyError(pid) from None
        return self._started[index], self._pages[index] * self._page_bytes

    def __iter__(self) -> Iterator[int]:
        return iter(self._pids)

    def __len__(self) -> int:
        return len(self._pids)
