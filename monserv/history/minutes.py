"""Writes each minute that is over, once, from the rows that are in memory.

Memory reaches back fifteen minutes, so a database that is broken for less leaves no gap.
A minute in which one process ended and another one began is made of the rows of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from monserv.clock import give_way
from monserv.db import rollups
from monserv.db.engine import Connection, Database
from monserv.model.rollup import MINUTE, SeriesKey
from monserv.model.server import Server
from monserv.series import minutes
from monserv.series.points import combined
from monserv.series.trends import SPAN_SECONDS, Trends

WRITE_SECONDS = 5.0
# A sample is on its way for so long after it was taken, at most.
GRACE_SECONDS = 5.0
# So many servers are written at once: some milliseconds, which an alert may have to wait.
BATCH = 100
_STEP = MINUTE.step_seconds
_REACH = SPAN_SECONDS // _STEP

Rows = list[tuple[SeriesKey, bytes]]


class Minutes:
    """Used by one thread alone; every method raises ``StorageError``.

    ``next_slot`` is the first minute that is not written; ``None`` before the first write.
    """

    def __init__(self, database: Database, trends: Trends) -> None:
        self._database = database
        self._trends = trends
        self._begun: Mapping[tuple[int, int], bytes] | None = None
        self.next_slot: int | None = None

    def write(self, servers: Sequence[Server], now_seconds: float) -> None:
        """Write the minutes that are over."""
        over = int((now_seconds - GRACE_SECONDS) // _STEP)
        for slot in range(self._first(over), over):
            self._write(servers, slot)
            self.next_slot = slot + 1
        self.next_slot = over if self.next_slot is None else self.next_slot

    def flush(self, servers: Sequence[Server], now_seconds: float) -> None:
        """Write what there is, up to the minute that has just begun: the process ends."""
        last = int(now_seconds // _STEP)
        for slot in range(self._first(last), last + 1):
            self._write(servers, slot)

    def _first(self, over: int) -> int:
        if self.next_slot is None:
            return over - _REACH
        if self.next_slot > over + 1:
            # The clock was put back; those minutes come again, and one of them is over.
            self.next_slot = over - 1
        return max(self.next_slot, over - _REACH)

    def _write(self, servers: Sequence[Server], slot: int) -> None:
        if self._begun is None:
            self._begun = self._database.read(WRITE_SECONDS, partial(_begun, slot=slot))
        for start in range(0, len(servers), BATCH):
            rows = self._rows(servers[start : start + BATCH], slot)
            if rows:
                store = partial(_store, slot=slot, rows=rows, begun=self._begun)
                self._database.write(WRITE_SECONDS, store)

    def _rows(self, servers: Sequence[Server], slot: int) -> Rows:
        found: Rows = []
        since = slot * _STEP
        for server in servers:
            seen = self._trends.look(
                server.id, partial(minutes.points, since=since, until=since + _STEP)
            )
            known_as = server.known_as
            for group, item, point in seen or ():
                found.append((SeriesKey(server.id, known_as, group, item), point))
            give_way()
        return found


def _begun(connection: Connection, slot: int) -> Mapping[tuple[int, int], bytes]:
    """Return what an earlier process has written of the minutes that this one has seen."""
    slots = range(slot, slot + _REACH + 1)
    return {
        (one, number): point
        for one, number, point in rollups.newest_points(connection, MINUTE.number, slots)
    }


def _store(
    connection: Connection, slot: int, rows: Rows, begun: Mapping[tuple[int, int], bytes]
) -> None:
    numbers = rollups.numbered(connection, [key for key, _ in rows], slot * _STEP)
    written = []
    for key, point in rows:
        number = numbers[key]
        before = begun.get((slot, number))
        whole = combined(key.group, (before, point)) if before is not None else point
        written.append((slot, number, whole))
    rollups.store_points(connection, MINUTE.number, written)
