"""Made-up servers for the browser tests, in the shapes of REST and the WebSocket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

GB = 10**9
WORDS = {"mem": "memory", "cpu": "CPU"}
TYPES = {"mem": "memory", "proc": "process"}


def stamp(seconds_ago: float = 0) -> str:
    """Return a UTC time as the wire writes it."""
    at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def state(number: int, *, cpu: float, memory: float, seconds_ago: float = 0) -> dict[str, Any]:
    """Return one server's metrics as ``/api/state`` and ``metrics_update`` give them."""
    total = 16 * GB
    used = int(total * memory / 100)
    mounts = {"/": (100, 53.0), "/var": (40, 71.4), "/srv/backup": (2000, 12.9), "/boot": (1, 31)}
    return {
        "hostname": f"host{number}",
        "uptimeSeconds": 86400 * 12 + number * 3600,
        "cpu": {"cores": 8, "usedPercent": cpu, "modelName": "Intel(R) Xeon(R) E-2236"},
        "memory": {"total": total, "used": used, "free": total - used, "usedPercent": memory},
        "disks": [
            {
                "device": f"/dev/sd{mount.strip('/')[:1] or 'r'}1",
                "mountpoint": mount,
                "fstype": "ext4",
                "total": size * GB,
                "used": int(size * GB * percent / 100),
                "free": int(size * GB * (100 - percent) / 100),
                "usedPercent": percent,
            }
            for mount, (size, percent) in list(mounts.items())[: 2 + number % 3]
        ],
        "topProcsByMem": [
            {
                "pid": 1200 + number + i,
                "name": name,
                "username": name[:8],
                "rssBytes": int(total * percent / 100),
                "percentRAM": percent,
                "cmdline": "",
            }
            for i, (name, percent) in enumerate(
                [("postgres", 12.4), ("java", 8.1), ("nginx", 1.4), ("sshd", 0.2), ("cron", 0.1)]
            )
        ],
        "generatedAtUtc": stamp(seconds_ago),
    }


def _storage(group: dict[str, Any]) -> dict[str, Any]:
    names = {"total": "total_bytes", "used": "used_bytes", "free": "free_bytes"}
    return {names.get(key, key): value for key, value in group.items() if key != "usedPercent"} | {
        "used_percent": group["usedPercent"]
    }


def metrics(of: dict[str, Any]) -> dict[str, Any]:
    """Return REST's form of one server's metrics."""
    return {
        "hostname": of["hostname"],
        "uptime_seconds": of["uptimeSeconds"],
        "cpu": {
            "cores": of["cpu"]["cores"],
            "used_percent": of["cpu"]["usedPercent"],
            "model_name": of["cpu"]["modelName"],
        },
        "memory": _storage(of["memory"]),
        "disks": [_storage(disk) for disk in of["disks"]],
        "top_processes_by_memory": [
            {
                "pid": row["pid"],
                "name": row["name"],
                "username": row["username"],
                "rss_bytes": row["rssBytes"],
                "percent_ram": row["percentRAM"],
                "cmdline": row["cmdline"],
            }
            for row in of["topProcsByMem"]
        ],
        "network": {
            "interfaces": [
                {"name": "eth0", "bytes_sent": 52 * GB, "bytes_recv": 310 * GB}
                | dict.fromkeys(("packets_sent", "packets_recv"), 10**6)
                | dict.fromkeys(("errors_in", "errors_out", "drops_in", "drops_out"), 0)
            ],
            "total_bytes_sent": 52 * GB,
            "total_bytes_recv": 310 * GB,
            "bytes_sent_rate": 340_000,
            "bytes_recv_rate": 1_240_000,
        },
        "load": {"one_minute": 0.42, "five_minutes": 0.31, "fifteen_minutes": 0.2},
        "generated_at_utc": of["generatedAtUtc"],
    }


def server(number: int, of: dict[str, Any] | None, **changes: Any) -> dict[str, Any]:
    """Return one server as ``/api/v1/servers`` gives it; ``of`` is its state."""
    return {
        "id": f"s{number}",
        "name": f"server-{number}",
        "url": f"ssh://admin:***@10.0.0.{number}",
        "status": "online",
        "reason": None,
        "last_error": None,
        "since": stamp(4000),
        "missed_polls": 0,
        "last_update": of["generatedAtUtc"] if of else stamp(),
        "metrics": metrics(of) if of else None,
        "host": f"10.0.0.{number}",
        "port": 22,
        "username": "admin",
        "tags": "prod,berlin",
        "description": "",
        "location": None,
        "is_active": True,
        "source": "managed",
    } | changes


def keyed(row: dict[str, Any], of: dict[str, Any] | None) -> dict[str, Any]:
    """Return a copy of one server as ``monserv.v2`` gives it, of its state where that is newer."""
    shown = row["metrics"]
    if shown and of and of["generatedAtUtc"] > shown["generated_at_utc"]:
        shown = shown | metrics(of)
    if shown:
        shown = shown | {
            "disks": {disk["mountpoint"]: disk for disk in shown["disks"]},
            "top_processes_by_memory": {
                str(process["pid"]): process for process in shown["top_processes_by_memory"]
            },
        }
    if shown and "network" in shown:
        interfaces = {one["name"]: one for one in shown["network"]["interfaces"]}
        shown["network"] = shown["network"] | {"interfaces": interfaces}
    found: dict[str, Any] = _known(row | {"metrics": shown})
    return found


def _known(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _known(one) for key, one in value.items() if one is not None}


def patch(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the merge patch (RFC 7396) that makes ``after`` of ``before``."""
    found: dict[str, Any] = dict.fromkeys(before.keys() - after.keys())
    for key, value in after.items():
        old = before.get(key)
        if value is old and key in before:
            continue
        if isinstance(value, dict) and isinstance(old, dict):
            if changes := patch(old, value):
                found[key] = changes
        elif key not in before or value != old:
            found[key] = value
    return found


def alert(of: dict[str, Any], kind: str, message: str, severity: str = "critical") -> Any:
    """Return one active alert of a server, as ``/api/v1/alerts/active`` gives it."""
    hostname = of["metrics"]["hostname"] if of["metrics"] else of["name"]
    item = kind.partition("|")[0]
    return {
        "id": f"{of['url']}|{kind}",
        "event_id": f"event-{of['id']}-{kind}",
        "server_id": of["id"],
        "server_url": of["url"],
        "hostname": hostname,
        "type": TYPES.get(item, item),
        "severity": severity,
        "subject": f"[ALERT] {hostname} {WORDS.get(kind, kind)} high",
        "message": message,
        "is_active": True,
        "triggered_at": stamp(185),
        "resolved_at": None,
        "resolution": None,
        "recorded": True,
    }


def episode(number: int, of: dict[str, Any], *, hours_ago: float, **changes: Any) -> Any:
    """Return one alert that is over, as the journal gives it; it lasted for 12 minutes."""
    began = hours_ago * 3600
    return (
        alert(of, "mem", f"Memory used {80 + number % 20}.5% (threshold 80.0%)")
        | {
            "event_id": f"past-{number}",
            "is_active": False,
            "triggered_at": stamp(began),
            "resolved_at": stamp(began - 720),
            "resolution": "recovered",
        }
        | changes
    )


def journal_page(journal: list[dict[str, Any]], asked: dict[str, str]) -> dict[str, Any]:
    """Return what the journal answers: the newest first, filtered, one page of it."""

    def is_wanted(one: dict[str, Any]) -> bool:
        at = datetime.fromisoformat(one["triggered_at"])
        return (
            asked.get("state") in {None, "active" if one["is_active"] else "resolved"}
            and asked.get("server") in {None, one["server_id"]}
            and all(asked.get(name) in {None, one[name]} for name in ("type", "severity"))
            and asked.get("text", "").lower() in f"{one['subject']} {one['message']}".lower()
            and at >= datetime.fromisoformat(asked.get("from", "1970-01-01T00:00:00Z"))
            and at <= datetime.fromisoformat(asked.get("to", "2970-01-01T00:00:00Z"))
        )

    found = sorted(
        (one for one in journal if is_wanted(one)),
        key=lambda one: one["triggered_at"],
        reverse=True,
    )
    page, size = int(asked.get("page", 1)), int(asked.get("page_size", 100))
    shown = found[(page - 1) * size : page * size]
    return {"alerts": shown, "total": len(found), "page": page, "page_size": size}


def trial() -> dict[str, Any]:
    """Return what stands for an alert where there is none but news."""
    at = stamp()
    return {
        "id": "test",
        "event_id": uuid4().hex,
        "server_id": "",
        "server_url": "",
        "hostname": "",
        "type": "test",
        "severity": "warning",
        "subject": "",
        "message": "",
        "is_active": False,
        "triggered_at": at,
        "resolved_at": at,
        "resolution": None,
        "recorded": False,
    }


def points(cpu: float, memory: float, gap: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    """Return 15 minutes of trend, one point in four seconds; nothing within ``gap``."""
    found = []
    for i in range(224):
        known = not gap[0] <= i < gap[1]
        wave = (i * 37 % 23) / 23 * 9 + (18 if 90 < i < 110 else 0)
        found.append(
            [
                stamp(900 - i * 4),
                round(cpu + wave, 1) if known else None,
                round(memory + i / 90, 1) if known else None,
            ]
        )
    return {"points": found}
