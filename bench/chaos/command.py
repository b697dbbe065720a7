"""One run: chaos with restarts, a look, chaos without, calm; then everything is compared."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.chaos.guest import Guest
from bench.chaos.house import House, standing
from bench.poll_cost import simulation
from bench.poll_cost.plan import Plan
from bench.poll_cost.recording import record
from bench.soak.vitals import Growth, Vitals, growth
from bench.table import table
from tests.ports import free_port

SERVERS = 20
LOOKS = 5
SETTLE_SECONDS = 5.0
PATIENCE_SECONDS = 120.0
# Memory: what was missed is kept for those who come back, in up to 8 MiB, and a heap that
# two hundred clients had filled has holes.
ALLOWED: Mapping[str, tuple[float, float]] = {
    "threads": (2, 0),
    "sockets": (3, 0),
    "files": (5, 0),
    "memory_mib": (16, 0.05),
}


def main() -> int:
    """Run it; return 1 when a client ended with another state, or something was left behind."""
    options = _options()
    plan = Plan(SERVERS, 0, free_port(), record())
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        fleet = stack.enter_context(simulation.running(plan))
        house = stack.enter_context(standing(folder, fleet.servers))
        return asyncio.run(Chaos(house, options).run())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m bench.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of chaos: 10")
    parser.add_argument("--clients", type=int, default=200, help="how many: 200")
    parser.add_argument("--restarts", type=int, default=3, help="in the first half: 3")
    parser.add_argument("--seed", type=int, default=1, help="another one, another chaos: 1")
    parser.add_argument("--short", action="store_true", help="one minute, one restart")
    options = parser.parse_args()
    if options.short:
        options.minutes, options.restarts = min(options.minutes, 1.0), 1
    return options


class Chaos:
    """The guests, the house, and what became of both."""

    def __init__(self, house: House, options: argparse.Namespace) -> None:
        self._house = house
        self._seconds = 60.0 * options.minutes
        self._restarts = options.restarts
        self._said: Counter[str] = Counter()
        # Unguessable it need not be, and the same seed makes the same moods.
        chance = random.Random(options.seed)  # noqa: S311 -- see above
        self._guests = [
            Guest(number, random.Random(chance.random()), self._said)  # noqa: S311 -- as above
            for number in range(options.clients)
        ]
        for guest in self._guests:
            guest.port = house.port

    async def run(self) -> int:
        """Run it, print what happened, and return the exit code."""
        lives = [asyncio.create_task(guest.live()) for guest in self._guests]
        try:
            await self._until(lambda: self._house.online() == SERVERS, "all servers are online")
            await self._first_half()
            base = await self._looks()
            between = await self._second_half()
            wrong = await self._compare()
            end = await self._looks()
        finally:
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)
        grown = growth(base, between, end, ALLOWED)
        faults = [fault for guest in self._guests for fault in guest.knowledge.faults]
        tracebacks = self._house.log().count("Traceback")
        self._print(grown, wrong, faults, tracebacks)
        is_well = not wrong and not faults and not tracebacks and all(one.is_flat for one in grown)
        return 0 if is_well else 1

    async def _first_half(self) -> None:
        self._let(is_calm=False)
        pause = self._seconds / 2 / (self._restarts + 1)
        for _ in range(self._restarts):
            await asyncio.sleep(pause)
            await asyncio.to_thread(self._house.restart)
        await asyncio.sleep(pause)

    async def _second_half(self) -> list[Vitals]:
        self._let(is_calm=False)
        looks, over_at = [], time.monotonic() + self._seconds / 2
        while time.monotonic() < over_at:
            await asyncio.sleep(SETTLE_SECONDS)
            looks.append(await asyncio.to_thread(self._house.look))
        return looks

    async def _looks(self) -> list[Vitals]:
        """Let all come once, then all go; look at what is held while nobody is there."""
        self._let(is_calm=True)
        await self._until(lambda: all(guest.is_there for guest in self._guests), "all are there")
        self._let(is_calm=True, is_away=True)
        await self._until(lambda: self._house.clients() == 0, "all are gone")
        await asyncio.sleep(SETTLE_SECONDS)
        found = []
        for _ in range(LOOKS):
            found.append(await asyncio.to_thread(self._house.look))
            await asyncio.sleep(1)
        return found

    async def _compare(self) -> list[str]:
        """Let all read until nothing changes any more; return who knows something else."""
        self._let(is_calm=True)
        await self._until(lambda: all(guest.is_there for guest in self._guests), "all are there")
        await asyncio.to_thread(self._house.pause_all)
        await asyncio.sleep(2 * SETTLE_SECONDS)
        state, truth = await asyncio.to_thread(self._house.truth)
        wrong = []
        for guest in self._guests:
            known = guest.knowledge
            same = (
                (known.servers, known.alerts) == (truth.servers, truth.alerts)
                if guest.is_v2
                else known.servers == state
            )
            if not (same and known.is_whole):
                wrong.append(f"client {guest.number} ({'v2' if guest.is_v2 else 'v1'})")
        return wrong

    def _let(self, *, is_calm: bool, is_away: bool = False) -> None:
        for guest in self._guests:
            guest.is_calm, guest.is_away = is_calm, is_away

    async def _until(self, holds: Callable[[], bool], what: str) -> None:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while not await asyncio.to_thread(holds):
            if time.monotonic() > give_up_at:
                there = sum(guest.is_there for guest in self._guests)
                raise SystemExit(
                    f"not within {PATIENCE_SECONDS:.0f} s: {what}; {there} are there, and "
                    f"{self._house.online()} servers online\n"
                    f"{table(('what happened', 'times'), sorted(self._said.items()))}"
                )
            await asyncio.sleep(0.5)

    def _print(
        self, grown: Sequence[Growth], wrong: Sequence[str], faults: Sequence[str], tracebacks: int
    ) -> None:
        print(table(("what happened", "times"), sorted(self._said.items())))
        print(f"{self._house.restarts} restarts\n")
        headers = ("held", "before", "most", "after", "growth", "allowed", "flat")
        rows = [
            (one.name, one.base, one.most, one.end, one.end - one.base, one.allowed, one.is_flat)
            for one in grown
        ]
        print(table(headers, [(*row[:-1], "yes" if row[-1] else "NO") for row in rows]))
        same = len(self._guests) - len(wrong)
        print(f"\n{same} of {len(self._guests)} clients end with the state of the server")
        for line in (
            *(f"WRONG: {one}" for one in wrong[:20]),
            *(f"FAULT: {one}" for one in faults[:20]),
            *(["TRACEBACKS in the log"] * bool(tracebacks)),
        ):
            print(line, file=sys.stderr)
