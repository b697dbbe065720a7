"""The last fifteen minutes of each server, a point a poll, gaps included."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from monserv.model.poll import Polled, PollResult
from monserv.model.server import Server
from monserv.model.trend import TrendPoint

SPAN_SECONDS = 15 * 60


class Trends:
    """Server id -> a ring of points; safe for threads."""

    def __init__(self, servers: Iterable[Server], interval_seconds: float) -> None:
        self._length = max(1, round(SPAN_SECONDS / interval_seconds))
        self._lock = threading.Lock()
        self._rings: dict[str, deque[TrendPoint]] = {}
        for server in servers:
            self.watch(server.id)

    def watch(self, server_id: str) -> None:
        """Keep points of this server from now on; those that are there stay."""
        with self._lock:
            self._rings.setdefault(server_id, deque(maxlen=self._length))

    def forget(self, server_id: str) -> None:
        """Drop a server's points, and keep none any more."""
        with self._lock:
            self._rings.pop(server_id, None)

    def add(self, result: PollResult) -> None:
        """Add a point: the sample's percents, or a gap; none for a server that is gone."""
        cpu = memory = None
        if isinstance(result, Polled):
            sample = result.sample
            cpu = sample.cpu.used_percent if sample.cpu is not None else None
            memory = sample.memory.used_percent if sample.memory is not None else None
        with self._lock:
            ring = self._rings.get(result.server_id)
            if ring is not None:
                ring.append(TrendPoint(result.at, cpu, memory))

    def points(self, server_id: str) -> tuple[TrendPoint, ...]:
        """Return a server's points, oldest first; none for an unknown server."""
        with self._lock:
            return tuple(self._rings.get(server_id, ()))
