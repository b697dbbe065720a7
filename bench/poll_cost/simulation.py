"""The process that plays the fleet, and what it tells in the end."""

from __future__ import annotations

import contextlib
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.poll_cost.cores import OTHERS, on
from bench.poll_cost.plan import PASSWORD, USER, Plan

ROOT = Path(__file__).resolve().parents[2]


class Simulation:
    """A running fleet; ``told`` is what it was asked, once it has ended."""

    def __init__(self, plan: Plan) -> None:
        self.servers = [
            f"ssh://{USER}:{PASSWORD}@{address}:{plan.port}" for address in plan.addresses()
        ]
        self.told: dict[str, Any] = {}


@contextlib.contextmanager
def running(plan: Plan) -> Iterator[Simulation]:
    """Run the fleet until the context ends."""
    with subprocess.Popen(
        on(OTHERS, [sys.executable, "-m", "bench.poll_cost.fleet"]),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        pickle.dump(plan, process.stdin)
        process.stdin.flush()
        if process.stdout.readline() != b"ready\n":
            raise SystemExit("the simulated fleet did not start")
        simulation = Simulation(plan)
        try:
            yield simulation
        finally:
            process.stdin.close()
            simulation.told = json.loads(process.stdout.readline() or b"{}")
