"""What a process holds: threads, sockets, files, memory; before and after."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at a process and those below it."""

    threads: int
    sockets: int
    files: int
    memory_mib: float


def look(pids: Sequence[int]) -> Vitals:
    """Look at these processes together."""
    threads = sockets = files = 0
    memory = 0
    for pid in pids:
        folder = Path(f"/proc/{pid}")
        # Files come and go while they are counted.
        with contextlib.suppress(OSError):
            status = (folder / "status").read_text().splitlines()
            fields = dict(line.split(":", 1) for line in status)
            threads += int(fields["Threads"])
            memory += int(fields["VmRSS"].split()[0]) * 1024
            opened = [_target(path) for path in (folder / "fd").iterdir()]
            sockets += sum(target.startswith("socket:") for target in opened)
            files += len(opened)
    return Vitals(threads, sockets, files, memory / MIB)


def _target(path: Path) -> str:
    with contextlib.suppress(OSError):
        return str(path.readlink())
    return ""


@dataclass(frozen=True, slots=True)
class Growth:
    """One vital: its median at the base and at the end, its most, and what is allowed."""

    name: str
    base: float
    most: float
    end: float
    allowed: float

    @property
    def is_flat(self) -> bool:
        """Whether the end is not above the base by more than is allowed."""
        return self.end - self.base <= self.allowed


# How much more there may be at the end, and in which share of the base. A login may just
# be in progress; memory is in arenas, which breathe, and in the trends of 15 minutes.
ALLOWED: Mapping[str, tuple[float, float]] = {
    "threads": (2, 0),
    "sockets": (3, 0),
    "files": (5, 0),
    "memory_mib": (5, 0.05),
}


def growth(
    base: Sequence[Vitals],
    between: Sequence[Vitals],
    end: Sequence[Vitals],
    allowances: Mapping[str, tuple[float, float]] = ALLOWED,
) -> list[Growth]:
    """Compare the looks of two times; ``between`` are those of the faults."""
    found = []
    for name, (more, share) in allowances.items():
        first, last = (
            statistics.median(getattr(one, name) for one in looks) for looks in (base, end)
        )
        most = max(getattr(one, name) for one in (*base, *between, *end))
        found.append(Growth(name, first, most, last, more + share * first))
    return found


def course(looks: Sequence[Vitals], parts: int) -> list[float]:
    """Return the median memory in so many equal parts of a time, to tell filling from leaking."""
    bounds = [round(index * len(looks) / parts) for index in range(parts + 1)]
    each = [looks[first:last] for first, last in pairwise(bounds)]
    return [statistics.median(one.memory_mib for one in part) for part in each if part]
