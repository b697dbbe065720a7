"""The promised shapes, written down from the contract, and what a value lacks of them.

A type is itself, a tuple is one of several, ``None`` is null, a one-element list is a
list of that. Of a dictionary every key must be there, but those made ``optional``;
more keys are allowed, unless ``exact`` is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Optional:
    shape: Any


@dataclass(frozen=True)
class Text:
    """A text that matches wholly."""

    pattern: str


class Number:
    """A number, for which old clients call ``.toFixed``; rounded to 0.1."""


TIME = Text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
URL = Text(r"local://|ssh://[^:@/?]+(:\*\*\*)?@[^@/?]+")
PERCENT = Number()

STATE_METRICS = {
    "hostname": str,
    "uptimeSeconds": int,
    "cpu": Optional({"cores": int, "usedPercent": PERCENT, "modelName": str}),
    "memory": Optional({"total": int, "used": int, "free": int, "usedPercent": PERCENT}),
    "disks": [
        {
            "device": str,
            "mountpoint": str,
            "fstype": str,
            "total": int,
            "used": int,
            "free": int,
            "usedPercent": PERCENT,
        }
    ],
    "topProcsByMem": [
        {
            "pid": int,
            "name": str,
            "username": str,
            "rssBytes": int,
            "percentRAM": PERCENT,
            "cmdline": str,
        }
    ],
    "generatedAtUtc": TIME,
}
UPDATE = {"type": "metrics_update", "data": dict}
ALERT_MESSAGE = {
    "type": "alert",
    "alert_type": Text("alert|recovery"),
    "subject": Text(r"\[(ALERT|RECOVERED)\] .+"),
    "message": str,
}
METRICS = {
    "hostname": str,
    "uptime_seconds": int,
    "cpu": Optional({"cores": int, "used_percent": PERCENT, "model_name": str}),
    "memory": Optional(
        {"total_bytes": int, "used_bytes": int, "free_bytes": int, "used_percent": PERCENT}
    ),
    "disks": [
        {
            "device": str,
            "mountpoint": str,
            "fstype": str,
            "total_bytes": int,
            "used_bytes": int,
            "free_bytes": int,
            "used_percent": PERCENT,
        }
    ],
    "top_processes_by_memory": [
        {
            "pid": int,
            "name": str,
            "username": str,
            "rss_bytes": int,
            "percent_ram": PERCENT,
            "cmdline": str,
        }
    ],
    "network": Optional(
        {
            "interfaces": [
                {
                    "name": str,
                    "bytes_sent": int,
                    "bytes_recv": int,
                    "packets_sent": int,
                    "packets_recv": int,
                    "errors_in": int,
                    "errors_out": int,
                    "drops_in": int,
                    "drops_out": int,
                }
            ],
            "total_bytes_sent": int,
            "total_bytes_recv": int,
            "bytes_sent_rate": int,
            "bytes_recv_rate": int,
        }
    ),
    "generated_at_utc": TIME,
}
SERVER = {
    "id": Text("[a-z0-9-]+"),
    "name": Text(".+"),
    "url": URL,
    "status": Text("online|warning|alert|offline"),
    "reason": (str, None),
    "last_error": (str, None),
    "since": TIME,
    "metrics": (METRICS, None),
    "last_update": TIME,
    "host": Text(".+"),
    "port": int,
    "username": str,
    "description": str,
    "tags": str,
    "is_active": bool,
    "source": Text("settings|managed"),
    "location": (str, None),
    "latitude": (float, int, None),
    "longitude": (float, int, None),
    "created_at": (TIME, None),
    "updated_at": (TIME, None),
}
SERVERS = {"servers": [SERVER], "total": int}
ALERT = {
    "id": str,
    "event_id": str,
    "server_id": str,
    "server_url": URL,
    "hostname": str,
    "type": str,
    "severity": Text("critical|warning"),
    "subject": str,
    "message": str,
    "is_active": bool,
    "triggered_at": TIME,
    "resolved_at": (TIME, None),
    "resolution": (str, None),
}
HEALTH = {
    "status": Text("ok|degraded|error"),
    "servers": dict,
    "total": int,
    "online": int,
    "offline": int,
    "alerts": int,
}
DASHBOARD = {
    "type": "dashboard",
    "timestamp": TIME,
    "data": {
        "stats": {
            "total_servers": int,
            "online_servers": int,
            "offline_servers": int,
            "alert_count": int,
            "avg_cpu": PERCENT,
            "avg_memory": PERCENT,
            "avg_disk": PERCENT,
        },
        "servers": SERVERS,
        "alerts": [ALERT],
        "health": HEALTH,
    },
}
SUCCESS = {"success": True, "message": str, "data": (dict, list, None)}
FAILURE = {"success": False, "error": Text(r".+\."), "code": int, "errors": dict}


def flaws(shape: Any, value: Any, place: str = "$", *, exact: bool = False) -> list[str]:
    """Return what is not as promised, each with its place; nothing when all is."""
    return list(_flaws(shape, value, place, exact=exact))


def _flaws(shape: Any, value: Any, place: str, *, exact: bool) -> Iterator[str]:
    if isinstance(shape, dict) and isinstance(value, dict):
        yield from _keys(shape, value, place, exact=exact)
    elif isinstance(shape, list) and isinstance(value, list):
        for index, one in enumerate(value):
            yield from _flaws(shape[0], one, f"{place}[{index}]", exact=exact)
    elif isinstance(shape, tuple):
        found = [list(_flaws(one, value, place, exact=exact)) for one in shape]
        if all(found):
            yield from min(found, key=len)
    elif not _is(shape, value):
        yield f"{place}: {value!r} is not {shape!r}"


def _keys(
    shape: dict[str, Any], value: dict[str, Any], place: str, *, exact: bool
) -> Iterator[str]:
    for key, inner in shape.items():
        if key in value:
            bare = inner.shape if isinstance(inner, Optional) else inner
            yield from _flaws(bare, value[key], f"{place}.{key}", exact=exact)
        elif not isinstance(inner, Optional):
            yield f"{place}.{key} is missing"
    if exact:
        yield from (f"{place}.{key} is too much" for key in value.keys() - shape.keys())


def _is(shape: Any, value: Any) -> bool:
    if isinstance(shape, Number):
        return type(value) in {int, float} and round(value, 1) == value
    if isinstance(shape, Text):
        return isinstance(value, str) and re.fullmatch(shape.pattern, value) is not None
    if isinstance(shape, type):
        return type(value) is shape
    return type(value) is type(shape) and bool(value == shape)
