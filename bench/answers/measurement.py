"""One run: monserv that watches a fleet, Flask alone, and wrk that asks them in turn."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.answers import alone, load, report
from bench.answers.load import Load, Target
from bench.answers.report import Row
from bench.cpu import Tree
from bench.poll_cost import monitor, simulation
from bench.poll_cost.cores import OTHERS
from bench.poll_cost.plan import Plan
from bench.poll_cost.recording import record
from tests.ports import free_port

START_SECONDS = 120.0
# What is shown stands still meanwhile.
NEVER_SECONDS = 3600.0
# The answers are counted, not those who ask.
UNBOUNDED = "100000"
STATE, SERVERS = "/api/state", "/api/v1/servers"
ALERTS, HEALTH = "/api/v1/alerts/active", "/api/v1/health"
GZIP = {"Accept-Encoding": "gzip"}


def main() -> int:
    """Measure, print the table, and return the exit code."""
    options = _options()
    load.require()
    os.sched_setaffinity(0, OTHERS)
    rows = run(options)
    print(report.text(rows, options.servers))
    missed = report.missed(rows) if options.check else []
    for sentence in missed:
        print(f"MISSED: {sentence}")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m bench.answers",
        description=(
            "Answers a second of monserv on one core, over connections that are kept, beside "
            "those of a Flask application that answers a constant, in the same run."
        ),
    )
    parser.add_argument("--servers", type=int, default=100, help="how many there are: 100")
    parser.add_argument("--rounds", type=int, default=5, help="of each kind of answer: 5")
    parser.add_argument("--seconds", type=int, default=2, help="of one round: 2")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    return parser.parse_args()


def run(options: argparse.Namespace) -> list[Row]:
    """Measure all kinds of answers, in turns."""
    plan = Plan(options.servers, 0, free_port(), record())
    port, their_port = free_port(), free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="answers-")))
        fleet = stack.enter_context(simulation.running(plan))
        ours = stack.enter_context(
            monitor.running(
                fleet.servers,
                port,
                NEVER_SECONDS,
                folder / "monserv",
                MONSERV_REQUESTS_PER_SECOND=UNBOUNDED,
            )
        )
        _await_samples(ours, options.servers)
        targets = _targets(f"http://127.0.0.1:{port}")
        lengths = {target.name: _length(target) for target in targets}
        theirs = stack.enter_context(alone.running(their_port, lengths[STATE]))
        rows = [Row(target.name, lengths[target.name], [], []) for target in targets]
        for _ in range(options.rounds):
            _round(rows, targets, options.seconds, ours.cpu, _Alone(their_port, theirs))
        if {target.name: _length(target) for target in targets} != lengths:
            raise SystemExit("what is shown has changed meanwhile")
    return rows


@dataclass(frozen=True, slots=True)
class _Alone:
    """Flask alone."""

    port: int
    cpu: Tree

    def like(self, target: Target) -> Target:
        """Return the question that brings an answer of the same kind."""
        path = "unchanged" if target.is_unchanged else "full"
        return Target(f"Flask alone, {path}", f"http://127.0.0.1:{self.port}/{path}", {})


def _round(
    rows: Sequence[Row], targets: Sequence[Target], seconds: int, ours: Tree, flask: _Alone
) -> None:
    """Ask for everything once; Flask alone once for each kind of answer."""
    theirs: dict[str, Load] = {}
    for row, target in zip(rows, targets, strict=True):
        row.ours.append(load.ask(target, seconds, ours))
        peer = flask.like(target)
        if peer.url not in theirs:
            theirs[peer.url] = load.ask(peer, seconds, flask.cpu)
        row.alone.append(theirs[peer.url])


def _targets(address: str) -> list[Target]:
    whole = [Target(path, address + path, {}) for path in (STATE, SERVERS, ALERTS, HEALTH)]
    return [
        *(_unchanged(one) for one in whole[:2]),
        *whole,
        *(Target(f"{one.name}, gzip", one.url, GZIP) for one in whole[:2]),
    ]


def _unchanged(whole: Target) -> Target:
    """Return the same question of somebody who has the answer."""
    with urllib.request.urlopen(whole.url, timeout=START_SECONDS) as answer:
        has = {"If-None-Match": answer.headers["ETag"]}
    return Target(f"{whole.name}, unchanged", whole.url, has, is_unchanged=True)


def _length(target: Target) -> int:
    """Return the length of the answer, and make sure that it is the one that is measured."""
    request = urllib.request.Request(target.url, headers=dict(target.headers))
    try:
        with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
            status, length = answer.status, len(answer.read())
    except urllib.error.HTTPError as error:
        status, length = error.code, 0
    if status != (304 if target.is_unchanged else 200):
        raise SystemExit(f"{target.name}: {status}")
    return length


def _await_samples(ours: monitor.Monitor, servers: int) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while ours.online() < servers:
        if time.monotonic() > give_up_at:
            raise SystemExit("not all servers were polled in time")
        time.sleep(0.25)
