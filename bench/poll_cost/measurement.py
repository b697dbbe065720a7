"""One run: a fleet, monserv that watches it, a client that looks on, Prometheus beside it."""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench.poll_cost import bare, monitor, report, rival, simulation
from bench.poll_cost.cores import OTHERS
from bench.poll_cost.plan import Plan
from bench.poll_cost.recording import described, record
from bench.poll_cost.report import Result
from tests.ports import free_port

START_SECONDS = 120.0
# After the last login, before anything is measured: by then each question was asked at its
# cadence, of a minute at most, owners are known, and memory lies on large pages.
SETTLE_SECONDS = 120.0
BARE_SETTLE_SECONDS = 20.0
NEVER_SECONDS = 3600.0


def main() -> int:
    """Measure, print the table, and return the exit code."""
    options = _options()
    os.sched_setaffinity(0, OTHERS)
    goals = report.goals(options.servers, options.black_holes, is_idle=options.idle)
    result = run(options)
    print(report.text(result))
    missed = report.missed(result, goals) if options.check else []
    for sentence in missed:
        print(f"MISSED: {sentence}")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m bench.poll_cost",
        description=(
            "CPU time of monserv per poll of a simulated fleet over real SSH, beside that of "
            "Prometheus per scrape of as many node_exporter pages, in the same run."
        ),
    )
    parser.add_argument("--servers", type=int, default=1000, help="how many there are: 1000")
    parser.add_argument("--black-holes", type=int, default=0, help="of these answer nothing: 0")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long is measured: 60")
    parser.add_argument(
        "--settle",
        type=float,
        default=SETTLE_SECONDS,
        help=f"seconds from the last login until then: {SETTLE_SECONDS:g}",
    )
    parser.add_argument("--interval", type=float, default=4.0, help="seconds between polls: 4")
    parser.add_argument("--alone", action="store_true", help="without Prometheus beside it")
    parser.add_argument("--paramiko", action="store_true", help="measure paramiko alone, too")
    parser.add_argument("--idle", action="store_true", help="measure connections between polls")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    return parser.parse_args()


def run(options: argparse.Namespace) -> Result:
    """Measure once."""
    # Between polls so far apart there is nothing but the connections.
    interval = NEVER_SECONDS if options.idle else options.interval
    recording = record()
    print(f"Each server: {described(recording)}", flush=True)
    plan = Plan(options.servers, options.black_holes, free_port(), recording)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="poll-cost-")))
        result = Result(options.servers, options.black_holes, interval)
        result.bare_bytes = _bare_bytes(folder)
        fleet = stack.enter_context(simulation.running(plan))
        watching = stack.enter_context(ExitStack())
        ours = watching.enter_context(
            monitor.running(fleet.servers, free_port(), interval, folder / "monserv")
        )
        result.polled_after_seconds = _polled_after(ours, options.servers - options.black_holes)
        watching.enter_context(ours.watched())
        theirs = None
        if not (options.alone or options.idle):
            addresses = plan.addresses()
            theirs = stack.enter_context(rival.running(addresses, interval, folder / "prometheus"))
        time.sleep(options.settle)
        _measure(result, options.seconds, ours, theirs)
        if options.paramiko:
            # It takes monserv's place: the fleet has no time for both.
            watching.close()
            _measure_bare(result, options.seconds, plan)
    result.told = fleet.told
    return result


def _bare_bytes(folder: Path) -> int:
    """Return the memory of a monserv that watches nothing but its own machine."""
    with monitor.running(["local://"], free_port(), NEVER_SECONDS, folder / "bare") as bare:
        _polled_after(bare, 1)
        return bare.rss_bytes()


def _polled_after(ours: monitor.Monitor, servers: int) -> float:
    """Wait until all have been polled, and return how long that took since it answers."""
    began_at = time.monotonic()
    online = 0
    while online < servers and time.monotonic() < began_at + START_SECONDS:
        # While thousands log in, a question may be too late for an answer.
        with contextlib.suppress(OSError):
            online = ours.online()
        time.sleep(0.25)
    return time.monotonic() - began_at


def _measure(
    result: Result, seconds: float, ours: monitor.Monitor, theirs: rival.Rival | None
) -> None:
    counts, cpu, at = ours.counts(), ours.cpu.seconds(), time.monotonic()
    scrapes, their_cpu = (theirs.scrapes(), theirs.cpu.seconds()) if theirs else (0, 0.0)
    time.sleep(seconds)
    result.cpu_seconds, result.seconds = ours.cpu.seconds() - cpu, time.monotonic() - at
    if theirs:
        result.their_cpu_seconds = theirs.cpu.seconds() - their_cpu
        result.scrapes = theirs.scrapes() - scrapes
        result.page_bytes = theirs.page_bytes
    result.counts = ours.counts().since(counts)
    result.rss_bytes = ours.rss_bytes()


def _measure_bare(result: Result, seconds: float, plan: Plan) -> None:
    with bare.running(plan, result.interval_seconds) as client:
        time.sleep(BARE_SETTLE_SECONDS)
        polls, cpu, at = client.polls(), client.cpu.seconds(), time.monotonic()
        time.sleep(seconds)
        result.bare_cpu_seconds = client.cpu.seconds() - cpu
        result.bare_seconds = time.monotonic() - at
        result.bare_polls = client.polls() - polls
