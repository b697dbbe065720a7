"""Watches servers with random faults for half an hour; what the process holds must not grow."""

from __future__ import annotations

import argparse
import contextlib
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.cpu import tree
from bench.soak.faults import FAULTS, End
from bench.soak.stations import Stations, stations
from bench.soak.vitals import Growth, Vitals, course, growth, look
from bench.table import table
from tests.real.product import Product

LOOK_SECONDS = 5.0
# What the process holds is compared while nothing is broken: before, and once all is well.
CALM_SECONDS = 60.0
START_SECONDS = 60.0
BACK_SECONDS = 120.0
PARTS = 10
FAULT_SECONDS = (6.0, 20.0)
WARNED = re.compile(r" WARNING ([\w-]+): ")


def main() -> int:
    """Run the soak; return 1 when something grew or the log was loud."""
    options = _options()
    with contextlib.ExitStack() as stack:
        here = stack.enter_context(stations(options.servers))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="monserv-soak-")))
        product = Product(folder, here.urls, POLL_INTERVAL_SECONDS="4").start()
        stack.callback(product.kill)
        return Soak(here, product, options).run()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="of faults: 30")
    parser.add_argument("--servers", type=int, default=50, help="how many: 50")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between faults: 5")
    parser.add_argument("--seed", type=int, default=1, help="another one, other faults: 1")
    return parser.parse_args()


class Soak:
    """One run: calm, faults, calm; then what the process held, and what it said."""

    def __init__(self, here: Stations, product: Product, options: argparse.Namespace) -> None:
        self._here = here
        self._product = product
        self._options = options
        # Unguessable it need not be, and the same seed makes the same faults.
        self._chance = random.Random(options.seed)  # noqa: S311 -- see above
        self._made: Counter[str] = Counter()
        self._hits: Counter[str] = Counter()
        self._running: dict[str, tuple[float, End]] = {}

    def run(self) -> int:
        """Run it, print the tables, and return the exit code."""
        self._wait_for_all(START_SECONDS)
        base = self._watch(CALM_SECONDS, with_faults=False)
        between = self._watch(60 * self._options.minutes, with_faults=True)
        self._heal(float("inf"))
        away = self._wait_for_all(BACK_SECONDS)
        end = self._watch(CALM_SECONDS, with_faults=False)
        grown = growth(base, between, end)
        loud = self._loud()
        self._print(grown, loud, away)
        parts = ", ".join(f"{mib:.0f}" for mib in course(between, PARTS))
        print(f"Memory in each tenth of the faults, MiB: {parts}")
        return 0 if not loud and all(one.is_flat for one in grown) else 1

    def _watch(self, seconds: float, *, with_faults: bool) -> list[Vitals]:
        looks, began_at = [], time.monotonic()
        next_look = next_fault = began_at
        while (now := time.monotonic()) < began_at + seconds:
            self._heal(now)
            if with_faults and now >= next_fault:
                next_fault += self._options.every
                self._break(now)
            if now >= next_look:
                next_look += LOOK_SECONDS
                looks.append(self._look())
            time.sleep(0.2)
        return looks

    def _look(self) -> Vitals:
        assert self._product.process is not None
        return look(tree(self._product.process.pid))

    def _break(self, now: float) -> None:
        (fault,) = self._chance.choices(list(FAULTS), list(FAULTS.values()))
        if fault.__name__ in self._running:
            return
        servers, end = fault(self._here, self._chance)
        self._made[fault.__name__] += 1
        self._hits.update(servers)
        self._running[fault.__name__] = (now + self._chance.uniform(*FAULT_SECONDS), end)

    def _heal(self, now: float) -> None:
        for name, (until, end) in list(self._running.items()):
            if until <= now:
                del self._running[name]
                end()

    def _wait_for_all(self, seconds: float) -> list[str]:
        """Return those that are offline still; who was refused is left alone for minutes."""
        give_up_at = time.monotonic() + seconds
        while (away := self._offline()) and time.monotonic() < give_up_at:
            time.sleep(1)
        return away

    def _offline(self) -> list[str]:
        rows = self._product.data("/api/v1/servers")["servers"]
        return [f"{row['name']}: {row['reason']}" for row in rows if row["status"] == "offline"]

    def _loud(self) -> list[str]:
        """Return what the log says too much: a traceback, more lines than faults."""
        log = self._product.log()
        said = Counter(WARNED.findall(log))
        return [f"{log.count('Traceback')} tracebacks"] * ("Traceback" in log) + [
            f"{name}: {count} warnings for {self._hits[name]} faults"
            for name, count in said.items()
            if count > self._hits[name]
        ]

    def _print(self, grown: Sequence[Growth], loud: Sequence[str], away: Sequence[str]) -> None:
        print(table(("fault", "times"), sorted(self._made.items())))
        warned = len(WARNED.findall(self._product.log()))
        print(f"{sum(self._hits.values())} servers were hit; {warned} warnings in the log.\n")
        rows = [
            (one.name, one.base, one.most, one.end, one.end - one.base, one.allowed, one.is_flat)
            for one in grown
        ]
        headers = ("held", "before", "most", "after", "growth", "allowed", "flat")
        print(table(headers, [(*row[:-1], "yes" if row[-1] else "NO") for row in rows]))
        for line in (*(f"Offline still: {one}" for one in away), *(f"LOUD: {one}" for one in loud)):
            print(line)


if __name__ == "__main__":
    sys.exit(main())
