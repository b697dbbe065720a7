"""Prints what a poll costs the watched server, beside what agents on it cost."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.cpu import parents
from bench.table import table
from bench.target_cost import agents
from bench.target_cost.cost import Candidate, Cost
from bench.target_cost.session import Session, session

GOAL_OF_NODE_EXPORTER = 0.5
Start = Callable[[Path, float], contextlib.AbstractContextManager[Candidate]]
# By their Debian packages.
AGENTS: Mapping[str, Start] = {
    "prometheus-node-exporter": agents.node_exporter,
    "glances": agents.glances,
    "netdata": agents.netdata,
}


def main() -> int:
    """Measure all that is installed, side by side; return the exit code."""
    options = _options()
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="monserv-bench-")))
        ours = stack.enter_context(session(_folder(scratch, "sshd"), options.interval))
        others, absent = _start(stack, scratch, options.interval, options.only)
        mine, *theirs = _measure([ours, *others], options.seconds)
    print(_report(ours, mine, theirs, absent))
    return _verdict(mine, theirs) if options.check else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.target_cost", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="a minute or more: 120")
    parser.add_argument("--interval", type=float, default=4.0, help="seconds between polls: 4")
    parser.add_argument("--only", choices=AGENTS, help="start this agent alone")
    parser.add_argument("--check", action="store_true", help="1 when the goal is missed")
    return parser.parse_args()


def _folder(scratch: Path, name: str) -> Path:
    folder = scratch / name
    folder.mkdir()
    return folder


def _start(
    stack: contextlib.ExitStack, scratch: Path, interval_seconds: float, only: str | None
) -> tuple[list[Candidate], list[str]]:
    """Start the agents; return them, and the packages that are not installed."""
    started, absent = [], []
    for package, start in AGENTS.items():
        if only is not None and package != only:
            continue
        try:
            candidate = start(_folder(scratch, package), interval_seconds)
            started.append(stack.enter_context(candidate))
        except FileNotFoundError:
            absent.append(package)
    return started, absent


def _measure(candidates: Sequence[Candidate], seconds: float) -> list[Cost]:
    with ThreadPoolExecutor(len(candidates)) as pool:
        return list(pool.map(lambda one: one.measure(seconds), candidates))


def _report(ours: Session, mine: Cost, theirs: Sequence[Cost], absent: Sequence[str]) -> str:
    costs = [mine, *theirs]
    exporter = _exporter(theirs)
    rows = [
        (
            cost.name,
            f"a {cost.unit}",
            cost.each_ms,
            cost.each_ms / exporter.each_ms if exporter else None,
            f"every {cost.usual_seconds:g} s",
            cost.ms_per_second,
            cost.ms_per_second / exporter.ms_per_second if exporter else None,
            cost.memory_bytes / 2**20,
        )
        for cost in costs
    ]
    headers = ("", "for", "CPU ms", "ratio", "usually", "CPU ms/s", "ratio", "MiB")
    parts = [(name, part, part / mine.each_ms) for name, part in ours.parts_ms.items()]
    return "\n".join(
        [
            table(headers, rows),
            f"Ratios are to node_exporter. {mine.units:g} polls; {len(parents())} processes here.",
            *(f"Not measured: {name} is not installed (apt install {name})" for name in absent),
            "",
            table(("of a poll", "CPU ms", "share"), parts),
            f"Logging in, with the first poll, took {1000 * ours.login_seconds:.0f} ms of CPU.",
        ]
    )


def _exporter(costs: Sequence[Cost]) -> Cost | None:
    return next((cost for cost in costs if cost.unit == "scrape"), None)


def _verdict(mine: Cost, theirs: Sequence[Cost]) -> int:
    exporter = _exporter(theirs)
    if exporter is None:
        print("MISSED: without node_exporter there is nothing to compare with")
        return 1
    ratio = mine.each_ms / exporter.each_ms
    is_met = ratio <= GOAL_OF_NODE_EXPORTER
    print(f"{'met' if is_met else 'MISSED'}: {ratio:.2f} of at most {GOAL_OF_NODE_EXPORTER}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
