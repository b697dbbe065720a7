"""The document of a dashboard event: everything that a page shows, in one piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from monserv.model.alert import Alert
from monserv.model.sample import Disk, Sample
from monserv.model.snapshot import ServerView, Snapshot, Status
from monserv.wire import resources
from monserv.wire.encoding import percent, stamp


def dashboard(
    snapshot: Snapshot,
    alerts: Sequence[Alert],
    storage_problem: str | None,
    at: datetime,
    show: Callable[[ServerView], Any] = resources.server,
) -> dict[str, Any]:
    """Return how everything is at ``at``.

    ``alerts`` are those that are active; ``storage_problem`` is why the database
    is broken; ``show`` is as for ``resources.servers``.
    """
    health = resources.health(snapshot, storage_problem)
    return {
        "type": "dashboard",
        "timestamp": stamp(at),
        "data": {
            "stats": _stats(snapshot, health),
            "servers": resources.servers(snapshot, show),
            "alerts": [resources.alert(alert) for alert in alerts],
            "health": health,
        },
    }


def _stats(snapshot: Snapshot, health: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers on top; an average over nothing is 0, since readers compute with it."""
    samples = [
        view.sample
        for view in snapshot.servers.values()
        if view.sample is not None and view.status is not Status.OFFLINE
    ]
    return {
        "total_servers": health["total"],
        "online_servers": health["online"],
        "offline_servers": health["offline"],
        "alert_count": health["alerts"],
        "avg_cpu": _average(one.cpu.used_percent for one in samples if one.cpu),
        "avg_memory": _average(one.memory.used_percent for one in samples if one.memory),
        "avg_disk": _average(disk.used_percent for one in samples for disk in _disks(one)),
    }


def _disks(sample: Sample) -> list[Disk]:
    """Return the disks that can fill: an image that is mounted read-only is always full."""
    return [disk for disk in sample.disks or () if not disk.read_only]


def _average(values: Iterable[float | None]) -> float:
    known = [shown for value in values if (shown := percent(value)) is not None]
    return percent(sum(known) / len(known)) or 0.0 if known else 0.0
