"""What it costs to keep history: polls go in, a clock is turned, CPU time is taken."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.history.load import Machine
from monserv.clock import ManualClock
from monserv.db.engine import Database
from monserv.history import keeper
from monserv.history.keeper import Keeper
from monserv.model.poll import Polled
from monserv.model.rollup import Retention
from monserv.model.server import Reach, Server
from monserv.series.trends import Trends

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
INTERVAL_SECONDS = 4.0
POLLS_A_MINUTE = round(60 / INTERVAL_SECONDS)


def server(number: int) -> Server:
    """Return a server by its number."""
    name = f"server-{number}"
    return Server(name, name, Reach.SSH, f"10.0.0.{number}", 22, "me", f"ssh://me@{name}")


@dataclass(frozen=True, slots=True)
class Writing:
    """CPU seconds: of taking samples in, and of all that is done once a minute.

    ``longest_seconds`` is the longest time, on the clock, for which the database was
    written at once: as long as that an alert may have to wait.
    """

    server_minutes: int
    taking_seconds: float
    keeping_seconds: float
    longest_seconds: float
    ring_bytes: int
    wal_bytes: int

    @property
    def microseconds(self) -> float:
        """CPU time of a server-minute."""
        return 1e6 * (self.taking_seconds + self.keeping_seconds) / self.server_minutes

    @property
    def core_percent(self) -> float:
        """The share of a core that a thousand servers take."""
        return 100 * 1000 * self.microseconds / 60e6


class Watched(Database):
    """A database that remembers its longest write."""

    longest_seconds = 0.0

    def write(self, timeout_seconds: float, work: Callable[..., object]) -> object:  # type: ignore[override]  # it hands on whatever work returns
        """Write, and take the time."""

        def timed(connection: object) -> object:
            began_at = time.perf_counter()
            try:
                return work(connection)
            finally:
                took = time.perf_counter() - began_at
                self.longest_seconds = max(self.longest_seconds, took)

        return super().write(timeout_seconds, timed)


def run(path: Path, servers: int, minutes: int) -> Writing:
    """Watch so many servers for so many minutes, without waiting for any."""
    keeper.PAUSE_SECONDS = 0.0
    watched = [server(number) for number in range(servers)]
    machines = [Machine(number) for number in range(servers)]
    clock = ManualClock(BEGIN)
    database = Watched(f"sqlite:///{path}")
    trends = Trends(watched, INTERVAL_SECONDS)
    keeping = Keeper(
        database, trends, clock, Retention(), servers=lambda: watched, is_complete=lambda: True
    )
    taking = kept = 0.0
    wal_bytes = 0
    for _ in range(minutes):
        for _ in range(POLLS_A_MINUTE):
            results = [
                Polled(one.id, clock.now(), machine.sample(clock.now(), INTERVAL_SECONDS))
                for one, machine in zip(watched, machines, strict=True)
            ]
            began = time.process_time()
            for result in results:
                trends.add(result)
            taking += time.process_time() - began
            clock.advance(INTERVAL_SECONDS)
        clock.advance(6)
        began = time.process_time()
        keeping.turn()
        kept += time.process_time() - began
        clock.advance(-6)
        wal_bytes = max(wal_bytes, path.with_name(path.name + "-wal").stat().st_size)
    database.close()
    ring_bytes = trends.look(watched[0].id, lambda ring: ring.size_bytes) or 0
    return Writing(servers * minutes, taking, kept, database.longest_seconds, ring_bytes, wal_bytes)
