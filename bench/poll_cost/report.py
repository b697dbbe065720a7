"""What a run brought, as a table, and which goals it misses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.poll_cost.monitor import Counts
from bench.table import Cell, table

# A fleet of this size is compared with Prometheus, one of that size has to fit into a core.
LARGE, HUGE = 1000, 5000


@dataclass(slots=True)
class Result:
    """What was measured in ``seconds``; ``told`` is what the fleet tells of itself."""

    servers: int
    black_holes: int
    interval_seconds: float
    seconds: float = 0.0
    polled_after_seconds: float = 0.0
    cpu_seconds: float = 0.0
    counts: Counts = field(default_factory=lambda: Counts(0, 0, {}))
    rss_bytes: int = 0
    bare_bytes: int = 0
    their_cpu_seconds: float = 0.0
    scrapes: int = 0
    page_bytes: int = 0
    bare_cpu_seconds: float = 0.0
    bare_seconds: float = 0.0
    bare_polls: int = 0
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def answering(self) -> int:
        """How many servers are no black holes."""
        return self.servers - self.black_holes

    @property
    def poll_ms(self) -> float:
        """CPU time a poll."""
        return 1000 * self.cpu_seconds / max(1, self.counts.sampled)

    @property
    def scrape_ms(self) -> float | None:
        """CPU time a scrape of Prometheus, if it ran."""
        return 1000 * self.their_cpu_seconds / self.scrapes if self.scrapes else None

    @property
    def ratio(self) -> float | None:
        """A poll, in scrapes."""
        return self.poll_ms / self.scrape_ms if self.scrape_ms else None

    @property
    def bare_ms(self) -> float | None:
        """CPU time a poll of paramiko alone, if that was measured."""
        return 1000 * self.bare_cpu_seconds / self.bare_polls if self.bare_polls else None

    @property
    def core_percent(self) -> float:
        """The share of one core."""
        return 100 * self.cpu_seconds / self.seconds

    @property
    def late_ms(self) -> float:
        """How late 99 of 100 polls began at most."""
        return 1000 * self.counts.late_seconds(0.99)

    @property
    def kilobytes(self) -> float:
        """Memory for each server."""
        return (self.rss_bytes - self.bare_bytes) / 1000 / self.answering

    @property
    def idle_ms(self) -> float:
        """CPU time a connection and second."""
        return 1000 * self.cpu_seconds / self.seconds / self.answering


@dataclass(frozen=True, slots=True)
class Goal:
    """What may be at most; ``None`` where it was not measured is a miss, too."""

    what: str
    most: float
    read: Callable[[Result], float | None]


_START = Goal("seconds until all were polled", 10.0, lambda one: one.polled_after_seconds)
_LARGE = (
    Goal("ms of CPU a poll", 0.7, lambda one: one.poll_ms),
    Goal("times a scrape of Prometheus", 0.4, lambda one: one.ratio),
    Goal("ms late, 99 of 100 polls", 200.0, lambda one: one.late_ms),
    Goal("KB a server", 150.0, lambda one: one.kilobytes),
    _START,
)
_HUGE = (
    Goal("% of a core", 75.0, lambda one: one.core_percent),
    Goal("ms late, 99 of 100 polls", 1000.0, lambda one: one.late_ms),
)
_IDLE = (Goal("ms of CPU a connection and second", 0.05, lambda one: one.idle_ms),)


def goals(servers: int, black_holes: int, *, is_idle: bool) -> tuple[Goal, ...]:
    """Return what a run like this is held to."""
    if is_idle:
        return _IDLE
    if black_holes:
        return (_START,)
    return _HUGE if servers >= HUGE else _LARGE


def missed(result: Result, wanted: Sequence[Goal]) -> list[str]:
    """Return a sentence for each goal that the run misses, and for what made it no run at all."""
    found = [f"the fleet was asked what it does not know: {one}" for one in result.told["faults"]]
    for goal in wanted:
        value = goal.read(result)
        if value is None:
            found.append(f"{goal.what} were not measured")
        elif value > goal.most:
            found.append(f"{value:.3g} {goal.what}, and at most {goal.most:g} are wanted")
    return found


def text(result: Result) -> str:
    """Return the table, with a line on what was compared."""
    counts = result.counts
    due = result.answering * result.seconds / result.interval_seconds
    rows: list[Sequence[Cell]] = [
        (
            "CPU ms a poll / a scrape",
            *(result.poll_ms, result.bare_ms, result.scrape_ms, result.ratio),
        ),
        (
            "% of one core",
            *(result.core_percent, _bare_percent(result), _their_percent(result), None),
        ),
        ("polls made of those due, %", 100 * counts.sampled / due, None, None, None),
        ("ms late, half of the polls", 1000 * counts.late_seconds(0.5), None, None, None),
        ("ms late, 99 of 100 polls", result.late_ms, None, None, None),
        ("KB of memory a server", result.kilobytes, None, None, None),
        ("seconds until all were polled", result.polled_after_seconds, None, None, None),
        ("CPU ms a connection and second", result.idle_ms, None, None, None),
    ]
    asked = (
        f"{counts.sampled} polls in {result.seconds:.0f} s, {counts.missed} missed; "
        f"{result.scrapes} scrapes of {result.page_bytes} bytes."
    )
    head = (f"{result.servers} servers", "monserv", "paramiko alone", "Prometheus", "ratio")
    return "\n".join([table(head, rows), asked, f"The fleet: {_told(result)}"])


def _their_percent(result: Result) -> float | None:
    return 100 * result.their_cpu_seconds / result.seconds if result.scrapes else None


def _bare_percent(result: Result) -> float | None:
    return 100 * result.bare_cpu_seconds / result.bare_seconds if result.bare_polls else None


def _told(result: Result) -> str:
    told = result.told
    asked = ", ".join(f"{count} {verb}" for verb, count in sorted(told["asked"].items()))
    faults = "; ".join(f"{count} times {what}" for what, count in told["faults"].items())
    return (
        f"{told['logins']} logins, {told['bytes_sent'] // 1000} KB, "
        f"{told['cpu_seconds']} s of CPU; asked for {asked}" + (f"; {faults}" if faults else "")
    )
