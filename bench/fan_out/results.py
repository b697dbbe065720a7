"""What the turns of all servers took, beside each other, and which goals that misses."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from bench.fan_out.crowd import Arrival
from bench.fan_out.peers import FLOOR, GO
from bench.fan_out.product import NAME
from bench.fan_out.sizes import SIZES

DEFLATING = f"{NAME}, deflate"


@dataclass(slots=True)
class Results:
    """Medians of each turn: (size, server) -> one for each round; and what was wrong."""

    clients: int
    spread_ms: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    cpu_ms: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    bytes: dict[tuple[str, str], int] = field(default_factory=dict)
    bad: int = 0

    def add(self, size: str, name: str, arrivals: list[Arrival]) -> None:
        """Take in a turn."""
        key = size, name
        spread = statistics.median(arrival.spread_ms for arrival in arrivals)
        self.spread_ms.setdefault(key, []).append(spread)
        cpu = statistics.median(arrival.cpu_ms for arrival in arrivals)
        self.cpu_ms.setdefault(key, []).append(cpu)
        self.bytes[key] = arrivals[-1].bytes


def ratios(results: Results, size: str, name: str, to: str, *, cpu: bool = False) -> list[float]:
    """Return the ratio of two servers in each round in which both took a time that can be told.

    On a busy machine a server may be done before its first byte is read, and has cost nothing.
    """
    found = results.cpu_ms if cpu else results.spread_ms
    pairs = zip(found[size, name], found[size, to], strict=True)
    return [one / other for one, other in pairs if one > 0 and other > 0]


GOALS_TO_FLOOR = dict.fromkeys(SIZES, 1.3)
GOALS_TO_GO = {"2.5 KB": 0.6, "12 KB": 0.6, "120 KB": 0.9}
GOAL_DEFLATE = 1.3


def missed(results: Results) -> list[str]:
    """Return the goals that were missed, a sentence each."""
    found = [f"{results.bad} bad frames: no figure counts"] if results.bad else []
    wanted = [(size, NAME, FLOOR, goal) for size, goal in GOALS_TO_FLOOR.items()]
    wanted += [(size, NAME, GO, goal) for size, goal in GOALS_TO_GO.items()]
    if any(name == DEFLATING for _, name in results.spread_ms):
        wanted += [(size, DEFLATING, NAME, GOAL_DEFLATE) for size in SIZES]
    for size, name, to, goal in wanted:
        for cpu in (False, True):
            told = ratios(results, size, name, to, cpu=cpu)
            what = "CPU" if cpu else "time to the last client"
            if not told:
                found.append(f"{size} to {results.clients:,} clients, {what}: nobody can tell")
            elif (ratio := statistics.median(told)) > goal:
                found.append(
                    f"{size} to {results.clients:,} clients, {what}: {name} is {ratio:.2f} x {to}, "
                    f"not {goal}"
                )
    return found
