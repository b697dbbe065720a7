"""What one way to watch a server has cost it, and how that is compared."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.cpu import tree


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds for so many units of work, and the memory held at the end.

    ``unit`` is what ``units`` counts (``poll``, ``scrape``), ``usual_seconds`` how often
    such a unit usually happens.
    """

    name: str
    unit: str
    usual_seconds: float
    cpu_seconds: float
    units: float
    memory_bytes: int

    @property
    def each_ms(self) -> float:
        """CPU milliseconds for one unit."""
        return 1000 * self.cpu_seconds / self.units

    @property
    def ms_per_second(self) -> float:
        """CPU milliseconds in each second, at the usual interval."""
        return self.each_ms / self.usual_seconds


class Candidate(Protocol):
    """A way to watch a server that runs already."""

    def measure(self, seconds: float) -> Cost:
        """Watch for about so long, a whole number of units; return what that cost."""


def memory_bytes(pid: int) -> int:
    """Return what a process and its descendants hold; what they share counts in parts."""
    kilobytes = 0
    for one in tree(pid):
        # Only its owner may read it, and a process may end meanwhile.
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes * 1024
