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


@dataclass(frozen=True, slots=True)
class Past:
    """What is new of a server's recent past since somebody looked.

    There are ``count`` points in all, of which ``new`` are the last. ``mark`` is what to
    show at the next look; one of another ring makes all points new.
    """

    mark: tuple[int, int]
    count: int
    new: tuple[TrendPoint, ...]


NO_PAST = Past((0, 0), 0, ())
