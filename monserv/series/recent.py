"""Curves from the rows in memory: each row a point, or some rows for each step."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from monserv.model.rollup import SERVER_METRICS, UNITS, Curve
from monserv.series.codes import SCALES
from monserv.series.curves import Found
from monserv.series.ring import Ring

_DISK = "disk_used_percent"
Number = float | None


def read(
    ring: Ring,
    *,
    since: float,
    until: float,
    edges: Sequence[int],
    metrics: Sequence[str],
    disks: frozenset[str] | None,
) -> Found:
    """Return the rows from ``since`` to ``until``; without ``edges`` each is a point."""
    rows = ring.rows(since, math.nextafter(until, math.inf))
    stamps = ring.stamps(rows)
    if edges:
        found = [bisect_left(stamps, edge) for edge in edges]
        bounds = list(pairwise(found))
    else:
        bounds = [(place, place + 1) for place in range(len(rows))]
    known = [name for name in metrics if name in SERVER_METRICS]
    columns = {name: ring.column(SERVER_METRICS.index(name), rows) for name in known}
    mounts = [one for one in sorted(ring.mounts) if disks is None or one in disks]
    percents = {mount: ring.disk(mount, rows) for mount in (mounts if _DISK in metrics else ())}
    everything = [*columns.values(), *percents.values()]
    return Found(
        at=stamps if not edges else edges[:-1],
        samples=_samples(everything, bounds),
        metrics={name: _curve(name, column, bounds) for name, column in columns.items()},
        disks={
            mount: {_DISK: _curve(_DISK, column, bounds)}
            for mount, column in percents.items()
            if any(map(math.isfinite, column))
        },
    )


def _samples(columns: Sequence[Sequence[float]], bounds: Sequence[tuple[int, int]]) -> list[int]:
    """Return how many rows of each step know something."""
    if not columns:
        return [0] * len(bounds)
    known = [any(map(math.isfinite, row)) for row in zip(*columns, strict=True)]
    return [sum(known[first:last]) for first, last in bounds]


def _curve(name: str, column: Sequence[float], bounds: Sequence[tuple[int, int]]) -> Curve:
    digits = SCALES[UNITS[name]].digits
    average, least, most = [], [], []
    for mean, low, high in _steps(column, bounds):
        average.append(None if mean is None else round(mean, digits))
        least.append(None if low is None else round(low, digits))
        most.append(None if high is None else round(high, digits))
    return Curve(average, least, most)


def _steps(
    column: Sequence[float], bounds: Sequence[tuple[int, int]]
) -> Iterator[tuple[Number, Number, Number]]:
    for first, last in bounds:
        known = [number for number in column[first:last] if math.isfinite(number)]
        if known:
            yield sum(known) / len(known), min(known), max(known)
        else:
            yield None, None, None
