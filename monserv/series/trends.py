"""The last fifteen minutes of each server, a row a poll, gaps included."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from monserv.locks import short_lock
from monserv.model.poll import Polled, PollResult
from monserv.model.rollup import SERVER_METRICS
from monserv.model.server import Server
from monserv.model.trend import NO_PAST, Past, TrendPoint
from monserv.series.gauges import gauges
from monserv.series.ring import Ring

T = TypeVar("T")

SPAN_SECONDS = 15 * 60
# What makes a row is in no cache any more when the next poll is over: so many are made at once,
# or fewer when somebody looks.
BATCH = 16

_CPU = SERVER_METRICS.index("cpu_used_percent")
_MEMORY = SERVER_METRICS.index("memory_used_percent")
# Further digits are those of the array, not of the sample.
_DIGITS = 3


class Trends:
    """Server id -> a ring of rows; safe for threads."""

    def __init__(self, servers: Iterable[Server], interval_seconds: float) -> None:
        self._length = max(1, round(SPAN_SECONDS / interval_seconds))
        self._lock = short_lock()
        self._rings: dict[str, Ring] = {}
        self._waiting: deque[PollResult] = deque()
        for server in servers:
            self.watch(server.id)

    def watch(self, server_id: str) -> None:
        """Keep rows of this server from now on; those that are there stay."""
        with self._lock:
            self._take_in()
            if server_id not in self._rings:
                self._rings[server_id] = Ring(self._length)

    def forget(self, server_id: str) -> None:
        """Drop a server's rows, and keep none any more."""
        with self._lock:
            self._take_in()
            self._rings.pop(server_id, None)

    def add(self, result: PollResult) -> None:
        """Add a row: the sample's numbers, or a gap; none for a server that is gone."""
        with self._lock:
            self._waiting.append(result)
            if len(self._waiting) >= BATCH:
                self._take_in()

    def look(self, server_id: str, see: Callable[[Ring], T]) -> T | None:
        """Return what ``see`` makes of a server's ring; ``None`` for an unknown server.

        Nothing is added to any ring meanwhile, so it is quick and keeps no part of it.
        """
        with self._lock:
            self._take_in()
            ring = self._rings.get(server_id)
            return None if ring is None else see(ring)

    def points(self, server_id: str) -> tuple[TrendPoint, ...]:
        """Return a server's points, oldest first; none for an unknown server."""
        return self.past(server_id).new

    def past(self, server_id: str, mark: tuple[int, int] | None = None) -> Past:
        """Return which points there are since ``mark`` was given out; all without one."""
        return self.look(server_id, partial(_past, mark=mark)) or NO_PAST

    def _take_in(self) -> None:
        """Add the rows that wait. Requires the lock."""
        while self._waiting:
            result = self._waiting.popleft()
            ring = self._rings.get(result.server_id)
            if ring is None:
                continue
            at = result.at.timestamp()
            if isinstance(result, Polled):
                sample = result.sample
                used = ring.disk_use.percents(sample.disks)
                ring.add(at, gauges(sample, at, ring.disk_io), used)
            else:
                ring.add(at)


def _past(ring: Ring, mark: tuple[int, int] | None) -> Past:
    number, added = mark or (0, 0)
    is_known = number == ring.number
    rows = ring.newest(ring.added - added if is_known else len(ring))
    points = zip(
        ring.stamps(rows), ring.column(_CPU, rows), ring.column(_MEMORY, rows), strict=True
    )
    return Past(
        (ring.number, ring.added),
        len(ring),
        tuple(
            TrendPoint(datetime.fromtimestamp(at, UTC), _number(cpu), _number(memory))
            for at, cpu, memory in points
        ),
    )


def _number(value: float) -> float | None:
    return round(value, _DIGITS) if math.isfinite(value) else None
