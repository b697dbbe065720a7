"""A monitor without its pollers: samples go in, a clock is turned, history comes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from monserv.clock import ManualClock
from monserv.db.engine import Database
from monserv.history.archive import Archive
from monserv.history.keeper import Keeper
from monserv.model.poll import Polled
from monserv.model.rollup import Retention, RollupQuery, Rollups
from monserv.model.sample import Sample
from monserv.model.server import Server
from monserv.series.trends import Trends
from tests.db.world import Place
from tests.samples import disk, sample, server

# The beginning of an hour, a day and a block of hours.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
NAS = server()


class Monitor:
    """One process; ``at`` is when it begins."""

    def __init__(
        self,
        place: Place,
        at: datetime = EPOCH,
        servers: Sequence[Server] = (NAS,),
        retention: Retention | None = None,
        interval_seconds: float = 20.0,
    ) -> None:
        self.servers = list(servers)
        self.clock = ManualClock(at)
        self.database = Database(place.url)
        self.trends = Trends(servers, interval_seconds)
        self.interval_seconds = interval_seconds
        self.is_complete = True
        retention = retention or Retention()
        self.keeper = Keeper(
            self.database,
            self.trends,
            self.clock,
            retention,
            servers=lambda: self.servers,
            is_complete=lambda: self.is_complete,
        )
        self.archive = Archive(self.database, self.trends, self.clock, retention, interval_seconds)

    def poll(self, cpu: float | None, taken: Sample | None = None, name: str = "nas") -> None:
        """Take a sample in, and let an interval pass."""
        one = taken or sample(at=self.clock.now(), cpu=cpu, disks=(disk("/", 50.0),))
        self.trends.add(Polled(name, self.clock.now(), one))
        self.clock.advance(self.interval_seconds)

    def minutes(self, cpus: Iterable[float | None]) -> None:
        """Let one minute pass for each CPU percent, and write it."""
        for cpu in cpus:
            for _ in range(round(60 / self.interval_seconds)):
                if cpu is None:
                    self.clock.advance(self.interval_seconds)
                else:
                    self.poll(cpu)
            self.turn()

    def turn(self) -> None:
        """Do what the thread does a few seconds after a minute is over."""
        self.clock.advance(6)
        self.keeper.turn()
        self.clock.advance(-6)

    def ask(self, start: datetime, end: datetime, **wish: object) -> Rollups:
        query = RollupQuery(start, end, **wish)  # type: ignore[arg-type]  # what a test names
        return self.archive.query(self.servers[0], query)

    def cpu(self, start: datetime, end: datetime, **wish: object) -> list[float | None]:
        """Return the averages of the CPU."""
        found = self.ask(start, end, metrics=("cpu_used_percent",), **wish)
        return list(found.metrics["cpu_used_percent"].average)

    def end(self) -> None:
        self.database.close()
