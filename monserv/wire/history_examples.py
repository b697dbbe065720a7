"""Example answers of history."""

from __future__ import annotations

from typing import Any

from monserv.model.rollup import DEFAULT_RETENTION
from monserv.wire import history

HISTORY: dict[str, Any] = {
    "server_id": "scadanas",
    "from": "2026-01-01T11:58:00Z",
    "to": "2026-01-01T12:00:00Z",
    "step_seconds": 60,
    "tier": "1m",
    "at": ["2026-01-01T11:58:00Z", "2026-01-01T11:59:00Z"],
    "samples": [15, 0],
    "metrics": {"cpu_used_percent": {"avg": [12.5, None], "min": [3.1, None], "max": [42.0, None]}},
    "disks": {
        "/": {"disk_used_percent": {"avg": [50.0, None], "min": [50.0, None], "max": [50.1, None]}}
    },
}

CSV = (
    "at,samples,cpu_used_percent_avg,cpu_used_percent_min,cpu_used_percent_max\r\n"
    "2026-01-01T11:58:00Z,15,12.5,3.1,42.0\r\n"
    "2026-01-01T11:59:00Z,0,,,\r\n"
)

TIERS: dict[str, Any] = history.tiers(DEFAULT_RETENTION, 900, 1)
