"""The example world of the API's description, as ``monserv.v2`` tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monserv.wire.examples import ALERT, METRICS, SERVER
from monserv.wire.keyed import REPEATED

EPOCH = "9f86d081"
SEQ = 42


def _by(key: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {str(row[key]): row for row in rows}


_KEYED = {
    "memory": {key: each for key, each in METRICS["memory"].items() if key not in REPEATED},
    "disks": _by("mountpoint", METRICS["disks"]),
    "top_processes_by_memory": _by("pid", METRICS["top_processes_by_memory"]),
    "network": METRICS["network"] | {"interfaces": _by("name", METRICS["network"]["interfaces"])},
}
_PLACE = {"epoch": EPOCH, "seq": SEQ}

STATE: dict[str, Any] = {key: value for key, value in SERVER.items() if value is not None}
STATE["metrics"] = METRICS | _KEYED

HELLO: dict[str, Any] = {
    "type": "hello",
    **_PLACE,
    "interval_seconds": 4.0,
    "version": "0.1.0",
}
SNAPSHOT: dict[str, Any] = {
    "type": "snapshot",
    **_PLACE,
    "servers": {"scadanas": STATE},
    "alerts": [ALERT],
    "resumed": False,
}
CHOSEN_SNAPSHOT: dict[str, Any] = {
    **SNAPSHOT,
    "servers": {"scadanas": {"status": "alert", "metrics": {"cpu": METRICS["cpu"]}}},
}
DELTA: dict[str, Any] = {
    "type": "delta",
    "epoch": EPOCH,
    "seq": SEQ + 1,
    "servers": {
        "scadanas": {
            "last_update": "2026-01-01T12:00:04Z",
            "metrics": {
                "uptime_seconds": 3604,
                "cpu": {"used_percent": 13.1, "user_percent": 8.7},
                "disks": {"/": {"used_bytes": 53687095296, "free_bytes": 53687087104}},
                "top_processes_by_memory": {"1234": None},
                "generated_at_utc": "2026-01-01T12:00:04Z",
            },
        },
        "retired": None,
    },
}
RAISED: dict[str, Any] = {
    "type": "alert",
    "epoch": EPOCH,
    "seq": SEQ + 2,
    "alert_type": "alert",
    "alert": ALERT,
}
RECOVERED: dict[str, Any] = {
    "type": "alert",
    "epoch": EPOCH,
    "seq": SEQ + 3,
    "alert_type": "recovery",
    "alert": ALERT
    | {
        "subject": "[RECOVERED] scadanas memory",
        "message": "Memory back to 65.0%",
        "is_active": False,
        "resolved_at": "2026-01-01T12:30:00Z",
        "resolution": "recovered",
    },
}
ERROR: dict[str, Any] = {
    "type": "error",
    **_PLACE,
    "code": "invalid_field",
    "message": "min_interval_seconds is a number from 0 to 3600.",
}
SUBSCRIBE: dict[str, Any] = {
    "type": "subscribe",
    "tags": ["prod"],
    "fields": ["status", "metrics.cpu"],
    "min_interval_seconds": 10,
}
RESUME: dict[str, Any] = {**SUBSCRIBE, "type": "resume", **_PLACE}
