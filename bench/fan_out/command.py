"""The command: its options, what is measured, what is printed."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.fan_out import connections, hostile, latency, programs, report, results
from bench.fan_out.broadcasts import Rounds
from bench.fan_out.results import Results
from bench.fan_out.stage import Stage, standing
from bench.poll_cost.cores import OTHERS

PARTS = ("broadcasts", "deflate", "many", "latency", "hostile", "connections")
MANY = 5000
MANY_ROUNDS = 7


def main() -> int:
    """Measure, print the tables, and return the exit code."""
    options = _options()
    os.sched_setaffinity(0, OTHERS)
    _print_load("Before")
    missed = _on_stage(options)
    if "connections" in options.only:
        missed += _connections(options)
    _print_load("After")
    for sentence in missed:
        print(f"MISSED: {sentence}")
    return 1 if missed and options.check else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m bench.fan_out",
        description=(
            "What it costs to send a message to many WebSocket clients: monserv beside a Go hub, "
            "the library websockets and a loop in C, while it watches 125 servers."
        ),
    )
    parser.add_argument("--clients", type=int, default=1000, help="how many there are: 1000")
    parser.add_argument("--rounds", type=int, default=9, help="of each server and size: 9")
    parser.add_argument("--messages", type=int, default=3, help="in each turn: 3")
    parser.add_argument("--interval", type=float, default=2.0, help="seconds between polls: 2")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these parts")
    parser.add_argument("--short", action="store_true", help="two rounds, and fewer clients")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    options = parser.parse_args()
    if options.short:
        options.rounds, options.messages = min(options.rounds, 2), min(options.messages, 2)
    return options


def _print_load(when: str) -> None:
    print(f"{when}: load average {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores\n", flush=True)


def _on_stage(options: argparse.Namespace) -> list[str]:
    parts: Mapping[str, Callable[[Stage, argparse.Namespace], list[str]]] = {
        "broadcasts": _broadcasts,
        "many": _many,
        "latency": _latency,
        "hostile": _hostile,
    }
    wanted = [part for name, part in parts.items() if name in options.only]
    if not wanted:
        return []
    with standing(options.interval) as stage:
        return [sentence for part in wanted for sentence in part(stage, options)]


def _broadcasts(stage: Stage, options: argparse.Namespace) -> list[str]:
    deflate = "deflate" in options.only
    rounds = Rounds(stage, options.clients, messages=options.messages, deflate=deflate)
    return _told(rounds.run(options.rounds))


def _many(stage: Stage, options: argparse.Namespace) -> list[str]:
    clients = 2000 if options.short else MANY
    rounds = Rounds(stage, clients, messages=min(options.messages, 2), deflate=False)
    return _told(rounds.run(min(options.rounds, MANY_ROUNDS)))


def _told(found: Results) -> list[str]:
    print(report.broadcasts(found), flush=True)
    return results.missed(found)


def _latency(stage: Stage, options: argparse.Namespace) -> list[str]:
    found = latency.measure(stage, seconds=5.0 if options.short else latency.SECONDS)
    p50, p99 = found[len(found) // 2], found[len(found) * 99 // 100]
    print(
        f"From a sample's arrival to the last of {latency.CLIENTS} clients of v2: half of "
        f"{len(found)} within {p50:.1f} ms, 99 in 100 within {p99:.1f} ms, all {found[-1]:.1f}.\n",
        flush=True,
    )
    return [f"p99 of a sample is {p99:.1f} ms"] if p99 > latency.GOAL_MS else []


def _hostile(stage: Stage, options: argparse.Namespace) -> list[str]:
    rounds = 2 if options.short else 7
    found = hostile.measure(stage, options.clients, rounds, options.messages)
    calm, disturbed = statistics.median(found.calm_ms), statistics.median(found.disturbed_ms)
    print(
        f"{options.clients} clients, {hostile.SILENT} of them silent and {hostile.FLOODING} "
        f"flooding: p99 of the others {disturbed:.1f} ms, undisturbed {calm:.1f} ms, ratio "
        f"{report.spread(found.ratios())}; memory grew by {found.grown_mib:.1f} MiB\n",
        flush=True,
    )
    return found.missed()


def _connections(options: argparse.Namespace) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="fan-out-") as folder:
        found = connections.measure(programs.build(Path(folder)), 2 if options.short else 7)
    pairs = zip(found.ours, found.go, strict=True)
    print(
        f"KB of an idle client: v1 {found.kb:.1f}, v2 {found.kb_v2:.1f}, with deflate "
        f"{found.kb_deflate:.1f}; the Go hub {found.kb_go:.1f}\n"
        f"Clients a second: {report.spread(found.ours)}; the Go hub {report.spread(found.go)}; "
        f"ratio {report.spread([ours / go for ours, go in pairs])}\n",
        flush=True,
    )
    return connections.missed(found)
