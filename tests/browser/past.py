"""Made-up details and history of one server, in the shapes of REST."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser import world

DAY_SECONDS = 86400
# The steps that history answers with, and how many seconds a range has.
STEPS = (2, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": DAY_SECONDS}
SWAP_BYTES = 4 * world.GB

# Of each metric: its middle, and how far it goes up and down.
SHAPES: Mapping[str, tuple[float, float]] = {
    "cpu_used_percent": (32, 24),
    "cpu_iowait_percent": (4, 4),
    "cpu_steal_percent": (1, 1),
    "load_one_minute": (2.1, 1.8),
    "memory_used_percent": (61, 9),
    "swap_used_bytes": (0.9 * world.GB, 0.3 * world.GB),
    "network_rx_bytes_per_second": (1_200_000, 900_000),
    "network_tx_bytes_per_second": (400_000, 250_000),
    "disk_read_bytes_per_second": (5_000_000, 4_800_000),
    "disk_write_bytes_per_second": (2_100_000, 1_500_000),
    "disk_busy_percent": (22, 20),
    "temperature_celsius": (52, 7),
    "cpu_pressure_percent": (6, 6),
    "memory_pressure_percent": (1, 1),
    "io_pressure_percent": (9, 8),
}
DISKS: Mapping[str, tuple[float, float]] = {"/": (53, 1), "/var": (71, 3)}


class Past:
    """What history has of a server for ``seconds`` back; nothing within ``gap`` (seconds ago)."""

    def __init__(
        self, seconds: float = 365 * DAY_SECONDS, gap: tuple[float, float] = (0, 0)
    ) -> None:
        self.seconds = seconds
        self.gap = gap
        self.asked: list[dict[str, str]] = []

    def answer(self, query: dict[str, str]) -> dict[str, Any]:
        """Return what REST does, never more points than asked for."""
        self.asked.append(query)
        now = datetime.now(UTC)
        end = _instant(query["to"]) if "to" in query else now
        if "from" in query:
            start = _instant(query["from"])
        else:
            start = end - timedelta(seconds=_seconds(query["range"]))
        wanted = (end - start).total_seconds() / int(query.get("max_points", "1000"))
        step = next((one for one in STEPS if one >= wanted), STEPS[-1])
        first = int(start.timestamp() // step)
        at = [number * step for number in range(first, int(end.timestamp() // step) + 1)]
        known = [self._is_known(now.timestamp() - one) for one in at]
        names = (
            query["metrics"].split(",") if "metrics" in query else [*SHAPES, "disk_used_percent"]
        )
        metrics = {name: SHAPES[name] for name in names if name in SHAPES}
        disks = DISKS if "disk_used_percent" in names else {}
        return {
            "server_id": "s1",
            "from": _stamp(start.timestamp()),
            "to": _stamp(end.timestamp()),
            "step_seconds": step,
            "tier": "memory" if step < 60 else "1m",
            "at": [_stamp(one) for one in at],
            "samples": [int(one) for one in known],
            "metrics": {name: _curve(shape, at, known) for name, shape in metrics.items()},
            "disks": {
                mount: {"disk_used_percent": _curve(shape, at, known)}
                for mount, shape in disks.items()
            },
        }

    def _is_known(self, age: float) -> bool:
        return age <= self.seconds and not self.gap[0] < age < self.gap[1]


TIERS: dict[str, Any] = {
    "memory_seconds": 900,
    "tiers": [{"name": "1h", "step_seconds": 3600, "days": 730, "estimated_bytes": 1}],
    "estimated_bytes": 1,
    "metrics": {},
}
THRESHOLDS = {
    "cpu_percent": 90,
    "memory_percent": 80,
    "disk_percent": 80,
    "process_ram_percent": 90,
}


def details(metrics: dict[str, Any]) -> dict[str, Any]:
    """Return what one server alone shows besides ``metrics``, a list's form of them."""
    busy = [
        row | {"cpu_percent": 88.5 - 30 * i}
        for i, row in enumerate(metrics["top_processes_by_memory"][:3])
    ]
    interfaces = [
        one | {"bytes_sent_rate": 340_000, "bytes_recv_rate": 1_240_000, "errors_in": 3}
        for one in metrics["network"]["interfaces"]
    ]
    return metrics | {
        "cpu": metrics["cpu"]
        | {"per_core": [{"core": i, "used_percent": 12.0 * i + 3} for i in range(8)]},
        "disks": [
            disk | {"inodes_total": 6_553_600, "inodes_used": 812_345, "inodes_used_percent": 12.4}
            for disk in metrics["disks"]
        ],
        "network": metrics["network"] | {"interfaces": interfaces},
        "memory": metrics["memory"]
        | {"swap_total_bytes": SWAP_BYTES, "swap_used_bytes": int(0.9 * world.GB)},
        "block_devices": [
            {"name": "sda", "is_layered": False, "read_bytes_rate": 5_000_000}
            | {"written_bytes_rate": 2_000_000, "used_percent": 21.5}
        ],
        "pressure": {"cpu": {"some_percent": 4.1}, "io": {"some_percent": 9.0}, "memory": {}},
        "temperatures": [{"chip": "coretemp", "name": "Package id 0", "celsius": 52.0}],
        "top_processes_by_cpu": busy,
        "units_state": "degraded",
        "failed_units": [
            {"name": "certbot.service", "description": "Renews the certificates of this machine"}
        ],
        "containers": [
            {"engine": "docker", "id": "4f1", "name": "web", "image": "nginx:1.27"}
            | {"state": "running", "status": "Up 3 days"},
            {"engine": "docker", "id": "8a2", "name": "jobs", "image": "registry.example/jobs:42"}
            | {"state": "exited", "status": "Exited (137) 2 hours ago"},
        ],
        "logins": [
            {
                "username": "ada",
                "terminal": "pts/0",
                "since": "2026-01-01 11:42",
                "origin": "10.0.0.7",
            }
        ],
        "system": {
            "os": "Debian GNU/Linux 13 (trixie)",
            "kernel": "6.12.48+deb13-amd64",
            "architecture": "x86_64",
            "boot_id": "0b0d1f0e",
        },
        "quality": {"logins": {"quality": "ok", "age_seconds": 1, "reason": ""}},
    }


def _group(quality: str = "ok", reason: str = "", fix: str = "") -> dict[str, Any]:
    return {
        "quality": quality,
        "at": world.stamp(3) if quality == "ok" else None,
        "age_seconds": 3 if quality == "ok" else None,
        "reason": reason,
        "fix": fix,
    }


def capabilities() -> dict[str, Any]:
    """Return what a server can tell: all but one group."""
    fine = ("cpu", "memory", "load", "network", "disk_io", "disks", "processes", "units")
    no_pressure = "The kernel keeps no pressure stall information."
    fix = "Add psi=1 to the kernel's command line."
    return {name: _group() for name in fine} | {"pressure": _group("unsupported", no_pressure, fix)}


def footprint() -> dict[str, Any]:
    """Return what watching a server costs it."""
    return {
        "since": world.stamp(3600),
        "polls": 900,
        "interval_seconds": 4.0,
        "is_slowed": False,
        "sent_bytes_per_poll": 361.5,
        "received_bytes_per_poll": 7412.25,
        "forks_per_poll": 1.85,
        "cpu_milliseconds_per_poll": 3.4,
        "logins": 1,
        "refused_logins": 0,
        "broken_connections": 0,
        "log_lines": 1,
    }


def _curve(shape: tuple[float, float], at: list[int], known: list[bool]) -> dict[str, Any]:
    middle, swing = shape
    values = [
        middle + swing * (0.7 * math.sin(one / 900) + 0.3 * math.sin(one / 91)) if there else None
        for one, there in zip(at, known, strict=True)
    ]
    return {
        "avg": [value if value is None else round(value, 2) for value in values],
        "min": [value if value is None else round(value - swing / 5, 2) for value in values],
        "max": [value if value is None else round(value + swing / 3, 2) for value in values],
    }


def _seconds(span: str) -> int:
    return 365 * DAY_SECONDS if span == "1y" else int(span[:-1]) * UNITS[span[-1]]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
