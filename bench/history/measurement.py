"""Runs the benchmark: writing, then questions to a database of two years."""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.history import filling, writing
from bench.history.writing import Writing
from bench.table import Cell, table
from monserv.clock import ManualClock
from monserv.db.engine import Database
from monserv.db.migrate import migrate
from monserv.history.archive import Archive
from monserv.model.rollup import METRICS, NAMES, TIERS, Group, Retention, RollupQuery
from monserv.series.trends import Trends
from monserv.wire import history
from monserv.wire.encoding import encode

MOST_BYTES = 60.0
MOST_CORE_PERCENT = 5.0
MOST_YEAR_MS = 50.0
TRIES = 30
QUESTIONS = {
    "a year, one metric": (365.0, ("cpu_used_percent",)),
    "a year, all of the CPU": (365.0, tuple(METRICS[Group.CPU])),
    "a year, everything": (365.0, NAMES),
    "30 days, everything": (30.0, NAMES),
    "a day, everything": (1.0, NAMES),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What one kind of question took: CPU time, and time on the clock."""

    cpu_ms: float
    typical_ms: float
    slowest_ms: float
    points: int
    json_ms: float


def main() -> int:
    """Measure, print the tables, and return the exit code."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="monserv-bench-", dir=options.folder) as folder:
        written = writing.run(_made(folder, "new"), options.writing, options.minutes)
        full = _made(folder, "full")
        sizes = filling.fill(full, options.servers)
        asked = ask(full, options.servers)
        print(_report(written, sizes, asked, options.servers))
    missed = _missed(written, sizes, asked)
    for one in missed:
        print(f"missed: {one}")
    return 1 if options.check and missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m bench.history", description=__doc__)
    parser.add_argument("--servers", type=int, default=1000, help="in the full database: 1000")
    parser.add_argument("--writing", type=int, default=200, help="servers that are polled: 200")
    parser.add_argument("--minutes", type=int, default=75, help="for which they are: 75")
    parser.add_argument("--folder", help="where 2 GB fit for a while: the usual place")
    parser.add_argument("--check", action="store_true", help="1 when a goal is missed")
    return parser.parse_args()


def _made(folder: str, name: str) -> Path:
    path = Path(folder) / f"{name}.db"
    migrate(f"sqlite:///{path}")
    return path


def ask(path: Path, servers: int) -> dict[str, Asking]:
    """Ask about servers at random, each question as often as the others."""
    chance = random.Random(1)  # noqa: S311 -- the same servers in every run
    database = Database(f"sqlite:///{path}")
    now = datetime.fromtimestamp(filling.NOW, UTC)
    archive = Archive(database, Trends((), 4.0), ManualClock(now), Retention(), 4.0)
    found = {}
    for name, (days, metrics) in QUESTIONS.items():
        took, used, encoding, points = [], [], [], 0
        for _ in range(TRIES):
            one = writing.server(chance.randrange(servers))
            began, cpu = time.perf_counter(), time.process_time()
            answer = archive.query(one, RollupQuery(now - timedelta(days=days), now, metrics))
            took.append(1000 * (time.perf_counter() - began))
            used.append(1000 * (time.process_time() - cpu))
            began = time.perf_counter()
            encode(history.history(one.id, answer))
            encoding.append(1000 * (time.perf_counter() - began))
            points = len(answer.at)
        found[name] = Asking(
            statistics.median(used),
            statistics.median(took),
            max(took),
            points,
            statistics.median(encoding),
        )
    database.close()
    return found


def minute_bytes(sizes: dict[str, float]) -> float:
    """Return what a server-minute takes, with its share of the coarser tiers."""
    return sum(sizes[tier.name] * 60 / tier.step_seconds for tier in TIERS)


def _report(
    written: Writing, sizes: dict[str, float], asked: dict[str, Asking], servers: int
) -> str:
    kept = sum(sizes[tier.name] * Retention().seconds(tier) / tier.step_seconds for tier in TIERS)
    rows: list[Sequence[Cell]] = [
        ("bytes a server-minute, on the disk", minute_bytes(sizes), MOST_BYTES),
        *((f"  of them in tier {tier.name}, a point", sizes[tier.name], None) for tier in TIERS),
        ("MB a server, at default retention", kept / 1e6, None),
        ("CPU us a server-minute", written.microseconds, None),
        ("% of a core, 1,000 servers", written.core_percent, MOST_CORE_PERCENT),
        ("KB of memory a server, numbers alone", written.ring_bytes / 1000, None),
        ("ms of the longest write", 1000 * written.longest_seconds, None),
        ("MB of write-ahead log", written.wal_bytes / 1e6, None),
    ]
    answers: list[Sequence[Cell]] = [
        (name, one.points, one.cpu_ms, one.typical_ms, one.slowest_ms, one.json_ms)
        for name, one in asked.items()
    ]
    head = ("ms a question", "points", "CPU", "typical", "slowest", "as JSON")
    return "\n".join(
        [
            table(("history", "monserv", "goal at most"), rows),
            "",
            f"A full database of {servers} servers:",
            table(head, answers),
        ]
    )


def _missed(written: Writing, sizes: dict[str, float], asked: dict[str, Asking]) -> list[str]:
    found = []
    for what, value, most in (
        ("bytes a server-minute", minute_bytes(sizes), MOST_BYTES),
        ("% of a core", written.core_percent, MOST_CORE_PERCENT),
        ("ms for a year", asked["a year, everything"].typical_ms, MOST_YEAR_MS),
    ):
        if value > most:
            found.append(f"{value:.3g} {what}, and at most {most:g} are wanted")
    return found
