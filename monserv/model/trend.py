"""One point of a server's recent past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Used percents at one instant; ``None`` where nothing was known (a gap)."""

    at: datetime
    cpu_percent: float | None
    memory_percent: float | None
