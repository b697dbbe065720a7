"""The tables that people read."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from bench.fan_out.peers import FLOOR, GO
from bench.fan_out.product import NAME
from bench.fan_out.results import DEFLATING, Results, ratios
from bench.fan_out.sizes import SIZES
from bench.table import Cell, table


def broadcasts(results: Results) -> str:
    """Return the table of one number of clients: medians, and ratios with their ranges."""
    headers = (
        f"{results.clients:,} clients",
        "bytes",
        "ms to the last",
        "CPU ms",
        "time / floor",
        "CPU / floor",
        "time / Go",
        "CPU / Go",
    )
    keys = [(size, name) for size in SIZES for at, name in results.spread_ms if at == size]
    lines = table(headers, [_row(results, size, name) for size, name in keys])
    return f"{lines}\nBad frames: {results.bad}\n{_deflate(results)}"


def _row(results: Results, size: str, name: str) -> list[Cell]:
    key = size, name
    return [
        f"{size} {name}",
        results.bytes[key],
        statistics.median(results.spread_ms[key]),
        statistics.median(results.cpu_ms[key]),
        *(
            spread(ratios(results, size, name, to, cpu=cpu)) if name != to else "1"
            for to in (FLOOR, GO)
            for cpu in (False, True)
        ),
    ]


def _deflate(results: Results) -> str:
    lines = [
        f"Deflate / plain, {size}: time {spread(ratios(results, size, DEFLATING, NAME))}, "
        f"CPU {spread(ratios(results, size, DEFLATING, NAME, cpu=True))}"
        for size in SIZES
        if (size, DEFLATING) in results.spread_ms
    ]
    return "".join(f"{line}\n" for line in lines)


def spread(values: Sequence[float]) -> str:
    """Return the median and the range, if there is anything."""
    if not values:
        return "?"
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"
