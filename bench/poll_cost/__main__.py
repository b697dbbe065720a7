"""``python3 -m bench.poll_cost``: measure, print one table, judge with ``--check``."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.poll_cost import monitor, rival, simulation
from bench.poll_cost.cores import OTHERS
from bench.poll_cost.fleet import Plan
from bench.poll_cost.recording import record
from bench.table import table
from tests.ports import free_port

START_SECONDS = 120.0
# After the last login, before anything is measured: caches fill, memory settles.
SETTLE_SECONDS = 6.0


@dataclass(slots=True)
class Result:
    """What one run brought."""

    servers: int
    seconds: float
    started_seconds: float
    cpu_seconds: float
    counts: monitor.Counts
    rss_bytes: int
    bare_bytes: int
    told: dict[str, object]
    rival_milliseconds: float | None = None
    rival_rss: int = 0


def main() -> int:
    """Run and return the exit code."""
    options = _options()
    os.sched_setaffinity(0, OTHERS)
    result = run(options)
    print(report(result, options))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m bench.poll_cost", description=__doc__)
    parser.add_argument("--servers", type=int, default=1000)
    parser.add_argument("--black-holes", type=int, default=0, help="so many of them answer nothing")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long is measured")
    parser.add_argument("--interval", type=float, default=4.0, help="seconds between polls")
    parser.add_argument("--alone", action="store_true", help="without Prometheus beside it")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--hold", type=float, default=0.0, help=argparse.SUPPRESS)
    return parser.parse_args()


def run(options: argparse.Namespace) -> Result:
    """Measure once."""
    plan = Plan(options.servers, options.black_holes, free_port(), record())
    answering = options.servers - options.black_holes
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="poll-cost-")))
        for name in ("bare", "monserv", "rival"):
            (folder / name).mkdir()
        with monitor.running(["local://"], free_port(), 3600.0, folder / "bare") as bare:
            time.sleep(3)
            bare_bytes = bare.rss_bytes()
        fleet = stack.enter_context(simulation.running(plan))
        began_at = time.monotonic()
        ours = stack.enter_context(
            monitor.running(fleet.servers, free_port(), options.interval, folder / "monserv")
        )
        answered_at = time.monotonic()
        print("answers after", answered_at - began_at, ours.cpu.seconds())
        while ours.online() < answering and time.monotonic() < began_at + START_SECONDS:
            time.sleep(0.2)
        started = time.monotonic() - answered_at
        print("all after", started, ours.cpu.seconds(), ours.counts())
        stack.enter_context(ours.watched())
        theirs = None
        if not options.alone:
            theirs = stack.enter_context(
                rival.running(plan.addresses(), options.interval, folder / "rival")
            )
        time.sleep(SETTLE_SECONDS)
        if options.hold:
            print("pids", ours._pid, flush=True)
            time.sleep(options.hold)
        counts, cpu, at = ours.counts(), ours.cpu.seconds(), time.monotonic()
        their_cpu, scrapes = (theirs.cpu.seconds(), theirs.scrapes()) if theirs else (0.0, 0)
        time.sleep(options.seconds)
        spent, seconds = ours.cpu.seconds() - cpu, time.monotonic() - at
        result = Result(
            servers=options.servers,
            seconds=seconds,
            started_seconds=started,
            cpu_seconds=spent,
            counts=ours.counts().since(counts),
            rss_bytes=ours.rss_bytes(),
            bare_bytes=bare_bytes,
            told=fleet.told,
        )
        if theirs:
            n = theirs.scrapes() - scrapes
            result.rival_milliseconds = 1000 * (theirs.cpu.seconds() - their_cpu) / max(1, n)
            print("scrapes", n, theirs.page_bytes)
        print("messages", ours.messages)
        open("/tmp/w/pc.log", "w").write((folder / "monserv" / "log").read_text())
    result.told = fleet.told
    return result


def report(result: Result, options: argparse.Namespace) -> str:
    polls = result.counts.sampled + result.counts.missed
    due = result.servers * result.seconds / options.interval
    per_poll = 1000 * result.cpu_seconds / max(1, polls)
    rows = [
        [
            "CPU ms a poll",
            per_poll,
            result.rival_milliseconds,
            per_poll / result.rival_milliseconds if result.rival_milliseconds else None,
        ],
        ["% of a core", 100 * result.cpu_seconds / result.seconds, None, None],
        ["polls made / due", polls / due, None, None],
        ["missed", result.counts.missed, None, None],
        ["p50 late ms", 1000 * result.counts.late_seconds(0.5), None, None],
        ["p99 late ms", 1000 * result.counts.late_seconds(0.99), None, None],
        ["KB a server", (result.rss_bytes - result.bare_bytes) / 1000 / result.servers, None, None],
        ["all polled after s", result.started_seconds, None, None],
    ]
    return table(["what", "monserv", "Prometheus", "ratio"], rows) + f"\n{result.told}"


if __name__ == "__main__":
    sys.exit(main())
