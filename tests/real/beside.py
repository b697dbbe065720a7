"""Values of one sample beside what others say of the same machine, as a table.

Everything goes by node_exporter's names, so that one name says what is compared, in
which unit, on which device. What others say is read before and after the sample: a value
has to lie between the two, which needs no tolerance where things only grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.table import table

MIB = 2**20

# How far beyond both readings a value may lie; the first that fits counts. What is not
# here has to lie between them: all that only grows, and all that is fixed.
SLACK: Sequence[tuple[re.Pattern[str], float]] = [
    (re.compile(pattern), slack)
    for pattern, slack in (
        # Fixed, though among what goes up and down within a second.
        (r"node_memory_(MemTotal|SwapTotal|CommitLimit|VmallocTotal|Huge\w+|DirectMap)_", 0),
        (r"node_memory_", 32 * MIB),
        (r"node_filesystem_(free|avail)_bytes", 16 * MIB),
        (r"node_filesystem_files_free", 5000),
        (r"node_procs_(running|blocked)|node_disk_io_now", 50),
        # The kernel corrects its guesses of what an idle processor did, backwards too.
        (r'node_cpu_seconds_total\{.*mode="(idle|iowait)"', 1),
        # Whole seconds.
        (r"node_time_seconds", 1),
        # Microseconds, rounded otherwise.
        (r"node_pressure_", 0.001),
        # The kernel adds pages up in batches for each processor.
        (r"ps_rss_bytes", MIB),
    )
]


ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Row:
    """One value of ours beside theirs."""

    name: str
    ours: float
    before: float
    after: float

    @property
    def slack(self) -> float:
        found = (slack for pattern, slack in SLACK if pattern.match(self.name))
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
        # Both multiply by what binary fractions cannot hold, and round in their own ways.
        return abs(self.difference) <= self.slack + ROUNDING * abs(self.after)


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


def family(name: str) -> str:
    """Return a name without its labels."""
    return name.partition("{")[0]


def page(text: str) -> dict[str, float]:
    """Read an exposition page: name with its labels -> value.

    What is told in labels, as names of kernels are, is one row for each label.
    """
    lines = (_LINE.match(line) for line in text.splitlines() if not line.startswith("#"))
    found = ((line[1], float(line[2])) for line in lines if line is not None)
    return dict(each for name, value in found for each in _told_apart(name, value))


def kinds(text: str) -> dict[str, str]:
    """Read the types of an exposition page: family -> ``counter``, ``gauge``, ..."""
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))


def _told_apart(name: str, value: float) -> Iterator[tuple[str, float]]:
    if not family(name).endswith("_info"):
        yield name, value
        return
    for label, text in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', name):
        yield f'{family(name)}{{{label}="{text}"}}', value
