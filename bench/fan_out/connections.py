"""What an idle client costs in memory, and how many can connect in a second."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.fan_out import peers, product
from bench.fan_out.crowd import Crowd, connected
from bench.fan_out.peers import GO
from bench.fan_out.programs import Programs

SETTLE_SECONDS = 2.0
IDLE_CLIENTS = 2000
GOAL_KB = 32.0
GOAL_CONNECTS = 1200.0


@dataclass(slots=True)
class Connecting:
    """Clients a second, one figure for each round; KB of an idle client."""

    ours: list[float] = field(default_factory=list)
    go: list[float] = field(default_factory=list)
    kb: float = 0.0
    kb_v2: float = 0.0
    kb_deflate: float = 0.0
    kb_go: float = 0.0


def measure(programs: Programs, rounds: int) -> Connecting:
    """Connect crowds in turns to a monserv that watches its own machine, and to the Go hub."""
    found = Connecting()
    found.kb = _memory(programs)
    found.kb_v2 = _memory(programs, protocol="monserv.v2", greeted=2)
    found.kb_deflate = _memory(programs, deflate=1)
    with peers.running(programs) as others, _alone() as ours:
        go = next(peer for peer in others if peer.name == GO)
        before = product.memory_bytes(go.process.pid)
        with connected(programs.load, go.port, IDLE_CLIENTS, go.process.pid):
            time.sleep(SETTLE_SECONDS)
            found.kb_go = (product.memory_bytes(go.process.pid) - before) / 1024 / IDLE_CLIENTS
        for _ in range(rounds):
            found.ours.append(_rate(programs, ours.port))
            found.go.append(_rate(programs, go.port))
    return found


@contextmanager
def _alone() -> Iterator[product.Product]:
    with (
        tempfile.TemporaryDirectory(prefix="fan-out-alone-") as folder,
        product.running(["local://"], 4, Path(folder, "monserv")) as running,
    ):
        yield running


def _rate(programs: Programs, port: int) -> float:
    with connected(programs.load, port, 1000, 0) as crowd:
        rate = crowd.clients / crowd.seconds
        _end(crowd)
    time.sleep(SETTLE_SECONDS)
    return rate


def _memory(programs: Programs, **options: str | int) -> float:
    """Return the KB (PSS) by which the worker grows with its first clients, each."""
    with _alone() as ours:
        before = product.memory_bytes(ours.pid)
        # What greets the last ones must not count as a message that the others missed.
        greeted: dict[str, str | int] = {"greeted": 1, **options}
        with connected(programs.load, ours.port, IDLE_CLIENTS, ours.pid, **greeted) as crowd:
            time.sleep(SETTLE_SECONDS)
            grown = product.memory_bytes(ours.pid) - before
            _end(crowd)
    return grown / 1024 / IDLE_CLIENTS


def _end(crowd: Crowd) -> None:
    crowd.end()
    if crowd.bad:
        raise SystemExit(f"{crowd.bad} bad frames")


def missed(found: Connecting) -> list[str]:
    """Return the goals that were missed, a sentence each."""
    kinds = (("v1", found.kb), ("v2", found.kb_v2), ("deflate", found.kb_deflate))
    sentences = [
        f"{kb:.1f} KB an idle client ({kind}), not {GOAL_KB:.0f}"
        for kind, kb in kinds
        if kb > GOAL_KB
    ]
    rate = statistics.median(found.ours)
    if rate < GOAL_CONNECTS:
        sentences.append(f"{rate:.0f} clients a second, not {GOAL_CONNECTS:.0f}")
    return sentences
