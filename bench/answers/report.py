"""What a run brought, as a table, and which goals it misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.answers.load import Load
from bench.table import Cell, table

# Answers a second of the core's time, with a hundred servers.
GOALS = {"/api/state, unchanged": 3000.0, "/api/state": 1500.0}


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of answer of ours and the same of Flask alone, a load for each round."""

    name: str
    length_bytes: int
    ours: list[Load]
    alone: list[Load]

    @property
    def cpu_microseconds(self) -> float:
        """CPU time for an answer, in the middle of the rounds."""
        return median(one.cpu_microseconds for one in self.ours)

    @property
    def per_core_second(self) -> float:
        """How many answers a second of a core is enough for, whoever else uses it."""
        return 1e6 / self.cpu_microseconds

    def cells(self) -> Sequence[Cell]:
        """Return its line of the table."""
        ratios = [
            other.cpu_microseconds / one.cpu_microseconds
            for one, other in zip(self.ours, self.alone, strict=True)
        ]
        return (
            self.name,
            self.length_bytes,
            median(one.per_second for one in self.ours),
            self.cpu_microseconds,
            self.per_core_second,
            median(one.cpu_microseconds for one in self.alone),
            f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})",
        )


def text(rows: Sequence[Row], servers: int) -> str:
    """Return the table."""
    heads = (
        "bytes",
        "a second",
        "us of CPU",
        "a core's second",
        "Flask alone, us",
        "times as many",
    )
    return table((f"{servers} servers", *heads), [row.cells() for row in rows])


def missed(rows: Sequence[Row], goals: Mapping[str, float] = GOALS) -> list[str]:
    """Return a sentence for each goal that was not reached."""
    found = {row.name: row.per_core_second for row in rows}
    return [
        f"{found.get(name, 0.0):.0f} answers a core's second of {name}, and {least:.0f} are wanted"
        for name, least in goals.items()
        if found.get(name, 0.0) < least
    ]
