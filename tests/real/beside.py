"""Values of one sample beside what others say of the same machine, as a table.

Everything goes by node_exporter's names, so that one name says what is compared, in
which unit, on which device. What others say is read before and after the sample: a value
has to lie between the two, which needs no tolerance where things only grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.table import table

MIB = 2**20

# How far beyond both readings a value may lie, by the beginning of its name. What is not
# here has to lie between them.
SLACK: Mapping[str, tuple[float, str]] = {
    "node_memory_MemAvailable": (16 * MIB, "goes up and down within a second"),
    "node_memory_MemFree": (16 * MIB, "goes up and down within a second"),
    "node_memory_cached": (16 * MIB, "goes up and down within a second"),
    "node_memory_used": (16 * MIB, "goes up and down within a second"),
    "node_filesystem_avail": (4 * MIB, "other programs write and delete"),
    "node_filesystem_used": (4 * MIB, "other programs write and delete"),
    "ps_rss_bytes": (MIB, "the kernel adds pages up in batches for each processor"),
    "node_uptime_seconds": (1, "is told in whole seconds"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One value of ours beside theirs."""

    name: str
    ours: float
    before: float
    after: float

    @property
    def slack(self) -> float:
        found = (slack for start, (slack, _) in SLACK.items() if self.name.startswith(start))
        return next(found, 0.0)

    @property
    def difference(self) -> float:
        """How far ours lies outside of what they said before and after; 0 within."""
        low, high = sorted((self.before, self.after))
        return min(self.ours - low, 0.0) + max(self.ours - high, 0.0)

    def figures(self) -> tuple[float, ...]:
        return self.ours, self.before, self.after, self.difference, self.slack

    @property
    def fits(self) -> bool:
        return abs(self.difference) <= self.slack


def rows(
    ours: Mapping[str, float], before: Mapping[str, float], after: Mapping[str, float]
) -> list[Row]:
    """Put side by side what was there all the time."""
    shared = ours.keys() & before.keys() & after.keys()
    return [Row(name, ours[name], before[name], after[name]) for name in sorted(shared)]


def shown(compared: Iterable[Row]) -> str:
    """Return the table: name, ours, theirs, difference."""
    cells = [
        [row.name, *map(_figure, row.figures()), "" if row.fits else "<--"] for row in compared
    ]
    headers = ["name", "ours", "theirs before", "theirs after", "difference", "slack", ""]
    return table(headers, cells)


def _figure(value: float) -> str:
    return f"{value:.15g}"


_LINE = re.compile(r'^(\w+(?:\{(?:\w+="(?:[^"\\]|\\.)*",?)*\})?) (\S+)$')


def page(text: str) -> dict[str, float]:
    """Read an exposition page: name with its labels -> value."""
    lines = (_LINE.match(line) for line in text.splitlines() if not line.startswith("#"))
    return {line[1]: float(line[2]) for line in lines if line is not None}


def labels(name: str) -> dict[str, str]:
    """Return the labels of a name."""
    return dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', name))
