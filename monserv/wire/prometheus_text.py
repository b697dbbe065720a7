"""Prometheus' text format, written for many servers: one family after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from monserv.model.sample import Sample
from monserv.wire.encoding import text

# Labels as they stand between the braces, and the value.
Row = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, its type, what it is, and where it stands in a sample."""

    name: str
    kind: str
    about: str
    rows: Callable[[Sample], Iterable[Row]]

    def lines(self, samples: Iterable[tuple[str, Sample]]) -> Iterator[str]:
        """Yield the lines of each sample, under labels of its own or ``""``.

        Of two rows with the same labels only the first is told: a scrape fails else.
        """
        for own, sample in samples:
            seen = set()
            for labels, value in self.rows(sample):
                if math.isfinite(value) and labels not in seen:
                    seen.add(labels)
                    both = ",".join(filter(None, (own, labels)))
                    yield f"{self.name}{{{both}}} {value}\n" if both else f"{self.name} {value}\n"

    def header(self) -> str:
        """Return what stands before the lines."""
        return f"# HELP {self.name} {self.about}\n# TYPE {self.name} {self.kind}\n"


@lru_cache(maxsize=16_384)
def label(name: str, value: str) -> str:
    """Return one label as it stands between the braces."""
    escaped = text(value).replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return f'{name}="{escaped}"'


def labels(**values: str) -> str:
    """Return labels as they stand between the braces; empty ones are as good as absent."""
    return ",".join(label(name, value) for name, value in values.items() if value)
