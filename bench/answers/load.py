"""wrk, which asks for one address as often as it can; and what it says."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from bench.cpu import Meter
from bench.poll_cost.cores import OTHERS, on

CONNECTIONS = 16
GRACE_SECONDS = 30.0
_RATE = re.compile(r"^Requests/sec: +([\d.]+)$", re.MULTILINE)
_COUNT = re.compile(r"^ +(\d+) requests in ", re.MULTILINE)
_FAULTS = re.compile(r"^ *(?:Non-2xx or 3xx responses|Socket errors): .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for, and whether the answer is that it has not changed."""

    name: str
    url: str
    headers: Mapping[str, str]
    is_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """What one round brought: answers a second as they came, and CPU time for one."""

    per_second: float
    cpu_microseconds: float


def require() -> None:
    """Raise ``SystemExit`` where wrk is not installed."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing; type: apt install --no-install-recommends wrk")


def ask(target: Target, seconds: int, meter: Meter) -> Load:
    """Ask for ``seconds``; raises ``SystemExit`` when an answer is an error."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for name, text in target.headers.items():
        command += ["-H", f"{name}: {text}"]
    before = meter.seconds()
    done = subprocess.run(
        on(OTHERS, [*command, target.url]),
        capture_output=True,
        text=True,
        timeout=seconds + GRACE_SECONDS,
        check=True,
    )
    return read(done.stdout, meter.seconds() - before)


def read(said: str, cpu_seconds: float) -> Load:
    """Return what wrk says; raises ``SystemExit`` when an answer was an error."""
    faults = _FAULTS.findall(said)
    rate, count = _RATE.search(said), _COUNT.search(said)
    if faults or rate is None or count is None:
        raise SystemExit(f"wrk: {' '.join(faults) or said}")
    return Load(float(rate[1]), 1e6 * cpu_seconds / max(1, int(count[1])))
