"""History as JSON and as CSV: one list for each metric, all as long as the list of times."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from monserv.model.rollup import TIERS, UNITS, Curve, Retention, Rollups
from monserv.wire.encoding import stamp, text


def history(server_id: str, found: Rollups) -> dict[str, Any]:
    """Return what was known of a server; null in a gap."""
    return {
        "server_id": server_id,
        "from": stamp(found.start),
        "to": stamp(found.end),
        "step_seconds": found.step_seconds,
        "tier": found.tier,
        "at": [stamp(at) for at in found.at],
        "samples": found.samples,
        "metrics": _curves(found.metrics),
        "disks": {mount: _curves(curves) for mount, curves in found.disks.items()},
    }


def table(found: Rollups) -> str:
    """Return the same as CSV: a line for each time, empty in a gap.

    A column of a disk has its mount point after a colon.
    """
    columns = dict(_columns(found))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(["at", "samples", *columns])
    writer.writerows(zip(map(stamp, found.at), found.samples, *columns.values(), strict=True))
    return lines.getvalue()


def tiers(retention: Retention, memory_seconds: int, servers: int) -> dict[str, Any]:
    """Return what is kept, for how long, and how large that becomes."""
    return {
        "memory_seconds": memory_seconds,
        "tiers": [
            {
                "name": tier.name,
                "step_seconds": tier.step_seconds,
                "days": retention.days(tier),
                "estimated_bytes": retention.estimated_bytes(tier) * servers,
            }
            for tier in TIERS
        ],
        "estimated_bytes": sum(retention.estimated_bytes(tier) for tier in TIERS) * servers,
        "metrics": {name: {"unit": unit.value} for name, unit in UNITS.items()},
    }


def _curves(curves: Mapping[str, Curve]) -> dict[str, Any]:
    return {
        name: {"avg": curve.average, "min": curve.least, "max": curve.most}
        for name, curve in curves.items()
    }


def _columns(found: Rollups) -> Iterator[tuple[str, Any]]:
    for suffix, curves in [
        ("", found.metrics),
        *((f":{text(m)}", c) for m, c in found.disks.items()),
    ]:
        for name, curve in curves.items():
            yield f"{name}_avg{suffix}", curve.average
            yield f"{name}_min{suffix}", curve.least
            yield f"{name}_max{suffix}", curve.most
