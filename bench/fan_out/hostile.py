"""A thousand clients, of which some never read and some flood: what the others notice of it."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field

from bench.fan_out.crowd import connected
from bench.fan_out.sizes import SIZES
from bench.fan_out.stage import Stage, states

SIZE = "12 KB"
MIB = 2**20
# One that was closed for it comes back a second later.
FLOODING = 20
SILENT = 20
GOAL = 1.2
GROWTH_MIB = 16.0
SETTLE_SECONDS = 1.0


@dataclass(slots=True)
class Disturbed:
    """The p99 of those that behave in each round, in ms; how much memory grew in all."""

    calm_ms: list[float] = field(default_factory=list)
    disturbed_ms: list[float] = field(default_factory=list)
    grown_mib: float = 0.0
    bad: int = 0

    def ratios(self) -> list[float]:
        """Return disturbed by calm, for each round."""
        pairs = zip(self.disturbed_ms, self.calm_ms, strict=True)
        return [disturbed / calm for disturbed, calm in pairs]

    def missed(self) -> list[str]:
        """Return the goals that were missed, a sentence each."""
        ratio = statistics.median(self.ratios())
        found = [f"{self.bad} bad frames"] if self.bad else []
        if ratio > GOAL:
            found.append(f"p99 beside {SILENT} silent and {FLOODING} flooding: {ratio:.2f} x")
        if self.grown_mib > GROWTH_MIB:
            found.append(f"memory grew by {self.grown_mib:.0f} MiB beside them")
        return found


def measure(stage: Stage, clients: int, rounds: int, messages: int) -> Disturbed:
    """Measure with as many clients that read, with and without those that do not behave."""
    found = Disturbed()
    _p99(stage, clients, messages, found)  # so that both have the same memory to use again
    before = stage.product.memory_bytes()
    for _ in range(rounds):
        found.calm_ms.append(_p99(stage, clients, messages, found))
        found.disturbed_ms.append(_beside(stage, clients, messages, found))
    found.grown_mib = (stage.product.memory_bytes() - before) / MIB
    return found


def _p99(stage: Stage, clients: int, messages: int, found: Disturbed, *, silent: int = 0) -> float:
    with stage.at_product(clients - SILENT - FLOODING + silent, SIZE, stalled=silent) as crowd:
        p99 = statistics.median(arrival.p99 / 1e6 for arrival in states(crowd, messages))
        crowd.end()
        found.bad += crowd.bad
    time.sleep(SETTLE_SECONDS)
    return p99


def _beside(stage: Stage, clients: int, messages: int, found: Disturbed) -> float:
    load, product = stage.programs.load, stage.product
    largest = max(SIZES, key=SIZES.__getitem__)
    with connected(load, product.port, FLOODING, 0, flood=1, bearer=stage.tokens[largest]):
        return _p99(stage, clients, messages, found, silent=SILENT)
