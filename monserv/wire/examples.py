"""One consistent example world for the API's description: a NAS whose memory is high."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

URL = "ssh://scada:***@10.0.0.3:2222"

METRICS: dict[str, Any] = {
    "hostname": "scadanas",
    "uptime_seconds": 3600,
    "cpu": {
        "cores": 4,
        "used_percent": 12.5,
        "model_name": "Intel(R) Celeron(R) J4125",
        "user_percent": 8.1,
        "system_percent": 4.2,
        "iowait_percent": 1.3,
        "steal_percent": 0.2,
    },
    "memory": {
        "total_bytes": 8589934592,
        "used_bytes": 7301444403,
        "free_bytes": 1288490189,
        "used_percent": 85.0,
        "available_bytes": 1288490189,
        "cached_bytes": 1073741824,
        "swap_total_bytes": 2147483648,
        "swap_used_bytes": 536870912,
        "swap_used_percent": 25.0,
    },
    "disks": [
        {
            "device": "/dev/sda1",
            "mountpoint": "/",
            "fstype": "ext4",
            "total_bytes": 107374182400,
            "used_bytes": 53687091200,
            "free_bytes": 53687091200,
            "used_percent": 50.0,
            "inodes_total": 6553600,
            "inodes_used": 163840,
            "inodes_used_percent": 2.5,
        }
    ],
    "top_processes_by_memory": [
        {
            "pid": 1234,
            "name": "postgres",
            "username": "postgres",
            "rss_bytes": 536870912,
            "percent_ram": 6.2,
            "cmdline": "",
        }
    ],
    "network": {
        "interfaces": [
            {
                "name": "eth0",
                "bytes_sent": 123456789,
                "bytes_recv": 987654321,
                "packets_sent": 1000,
                "packets_recv": 2000,
                "errors_in": 0,
                "errors_out": 0,
                "drops_in": 0,
                "drops_out": 0,
            }
        ],
        "total_bytes_sent": 123456789,
        "total_bytes_recv": 987654321,
        "bytes_sent_rate": 1500,
        "bytes_recv_rate": 250000,
    },
    "load": {"one_minute": 0.42, "five_minutes": 0.31, "fifteen_minutes": 0.2},
    "generated_at_utc": "2026-01-01T12:00:00Z",
}

SERVER: dict[str, Any] = {
    "id": "scadanas",
    "name": "scadanas",
    "url": URL,
    "status": "alert",
    "reason": None,
    "last_error": None,
    "since": "2026-01-01T11:59:56Z",
    "missed_polls": 0,
    "last_update": "2026-01-01T12:00:00Z",
    "host": "10.0.0.3",
    "port": 2222,
    "username": "scada",
    "description": "",
    "tags": "prod,berlin",
    "is_active": True,
    "location": "cellar",
    "latitude": 52.52,
    "longitude": 13.405,
    "created_at": "2025-11-01T08:00:00Z",
    "updated_at": "2025-11-01T08:00:00Z",
    "source": "managed",
    "jump": "",
    "metrics": METRICS,
}

NEW_SERVER: dict[str, Any] = {
    "name": "scadanas",
    "host": "10.0.0.3",
    "port": 2222,
    "username": "scada",
    "password": "correct horse battery staple",
    "tags": "prod,berlin",
}

FINGERPRINT = "SHA256:9XvXbrQ4zNNy2vQUkXmHY4Rc0AqDkJ1oI3ZQp5m2wTk"

OTHER_FINGERPRINT = "SHA256:7Fi1Nps/q171ZMEHLDLA/ei8bmj1qZtJBVSWN15V7sU"

HOST_KEY: dict[str, Any] = {
    "server_id": "scadanas",
    "state": "changed",
    "explanation": f"It shows ssh-ed25519 {FINGERPRINT}, but pinned is ssh-ed25519 "
    f"{OTHER_FINGERPRINT}; nothing was sent to it. If you know that it was reinstalled, accept "
    "the key on its card or with monserv hostkey accept",
    "known": [
        {
            "type": "ssh-ed25519",
            "fingerprint": OTHER_FINGERPRINT,
            "place": "/var/lib/monserv/known_hosts",
            "since": "2025-11-01T08:00:00Z",
            "accepted": False,
        }
    ],
    "offered": {
        "type": "ssh-ed25519",
        "fingerprint": FINGERPRINT,
        "since": "2026-01-01T11:59:56Z",
    },
}

TRIAL: dict[str, Any] = {
    "passed": False,
    "steps": [
        {
            "name": "name",
            "state": "passed",
            "detail": "The name leads to an address.",
            "duration_seconds": 0.001,
        },
        {
            "name": "tcp",
            "state": "passed",
            "detail": "The port accepts connections.",
            "duration_seconds": 0.012,
        },
        {
            "name": "host_key",
            "state": "passed",
            "detail": "The server is new: this host key is pinned once it is watched.",
            "duration_seconds": 0.048,
        },
        {
            "name": "login",
            "state": "failed",
            "detail": "The server refused the password.",
            "duration_seconds": 1.907,
        },
        {"name": "probe", "state": "not_run", "detail": "Not tried.", "duration_seconds": None},
    ],
    "host_key": {
        "type": "ssh-ed25519",
        "fingerprint": FINGERPRINT,
        "known": False,
        "acceptable": True,
    },
}
TRIAL_NEWS: dict[str, Any] = {"step": TRIAL["steps"][2], "host_key": TRIAL["host_key"]}

ALERT: dict[str, Any] = {
    "id": f"{URL}|mem",
    "event_id": "5f0c2c1e8f1b4f7d9a3e6b2d4c8a7e10",
    "server_id": "scadanas",
    "server_url": URL,
    "hostname": "scadanas",
    "type": "memory",
    "severity": "critical",
    "subject": "[ALERT] scadanas memory high",
    "message": "Memory used 85.0% (threshold 80.0%)",
    "is_active": True,
    "triggered_at": "2026-01-01T11:59:56Z",
    "resolved_at": None,
    "resolution": None,
    "recorded": True,
}

CHANNEL: dict[str, Any] = {
    "name": "email",
    "service": "E-mail",
    "target": "ops@example.net",
    "is_on": True,
    "min_severity": "critical",
}
NOTIFICATIONS: dict[str, Any] = {
    "channels": [CHANNEL],
    "deliveries": [
        {
            "channel": "email",
            "state": "sent",
            "alert_type": "alert",
            "event_id": ALERT["event_id"],
            "server_id": "scadanas",
            "server_url": URL,
            "hostname": "scadanas",
            "severity": "critical",
            "subject": ALERT["subject"],
            "message": ALERT["message"],
            "happened_at": ALERT["triggered_at"],
            "attempts": 1,
            "due_at": None,
            "finished_at": "2026-01-01T11:59:57Z",
            "last_error": None,
        }
    ],
    "total": 1,
    "page": 1,
    "page_size": 100,
    "cooldown_minutes": 30,
}
TELLING: dict[str, Any] = {"channels": [CHANNEL], "cooldown_minutes": 30}

CHANNEL_TEST: dict[str, Any] = {"channel": "email", "sent": True, "error": None}

HEALTH: dict[str, Any] = {
    "status": "degraded",
    "servers": {URL: {"url": URL, "hostname": "scadanas", "status": "alert"}},
    "total": 1,
    "online": 1,
    "offline": 0,
    "alerts": 1,
}

TRENDS: dict[str, Any] = {
    "trends": {
        "scadanas": {
            "points": [
                ["2026-01-01T11:59:52Z", 12.1, 79.8],
                ["2026-01-01T11:59:56Z", None, None],
                ["2026-01-01T12:00:00Z", 12.5, 85.0],
            ]
        }
    }
}

STATE: dict[str, Any] = {
    URL: {
        "hostname": "scadanas",
        "uptimeSeconds": 3600,
        "cpu": {"cores": 4, "usedPercent": 12.5, "modelName": "Intel(R) Celeron(R) J4125"},
        "memory": {
            "total": 8589934592,
            "used": 7301444403,
            "free": 1288490189,
            "usedPercent": 85.0,
        },
        "disks": [
            {
                "device": "/dev/sda1",
                "mountpoint": "/",
                "fstype": "ext4",
                "total": 107374182400,
                "used": 53687091200,
                "free": 53687091200,
                "usedPercent": 50.0,
            }
        ],
        "topProcsByMem": [
            {
                "pid": 1234,
                "name": "postgres",
                "username": "postgres",
                "rssBytes": 536870912,
                "percentRAM": 6.2,
                "cmdline": "",
            }
        ],
        "generatedAtUtc": "2026-01-01T12:00:00Z",
    }
}

METRICS_UPDATE: dict[str, Any] = {"type": "metrics_update", "data": STATE}

DASHBOARD: dict[str, Any] = {
    "type": "dashboard",
    "timestamp": "2026-01-01T12:00:00Z",
    "data": {
        "stats": {
            "total_servers": 1,
            "online_servers": 1,
            "offline_servers": 0,
            "alert_count": 1,
            "avg_cpu": 12.5,
            "avg_memory": 85.0,
            "avg_disk": 50.0,
        },
        "servers": {"servers": [SERVER], "total": 1},
        "alerts": [ALERT],
        "health": HEALTH,
    },
}

DASHBOARD_EVENT: dict[str, Any] = {
    "event": "dashboard",
    "id": "9f86d081884c7d65-42",
    "data": '{"type":"dashboard","timestamp":"2026-01-01T12:00:00Z","data":{}}',
}

RAISED: dict[str, Any] = {
    "type": "alert",
    "alert_type": "alert",
    "subject": "[ALERT] scadanas memory high",
    "message": "Memory used 85.0% (threshold 80.0%)",
}

RECOVERED: dict[str, Any] = {
    "type": "alert",
    "alert_type": "recovery",
    "subject": "[RECOVERED] scadanas memory",
    "message": "Memory back to 65.0%",
}

PUSHED: dict[str, Any] = {
    "status": "sent",
    "type": "alert",
    "subject": "[ALERT] scadanas memory high",
    "message": "Memory used 85.0% (threshold 80.0%)",
}


def answer(data: Any, message: str) -> dict[str, Any]:
    """Return an answer with its envelope."""
    return {"success": True, "message": message, "data": data}


def failure(code: int, error: str, errors: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return an error in its envelope."""
    return {"success": False, "error": error, "code": code, "errors": errors or {}}


IMPORT_TEXT: dict[str, Any] = {"text": "Host nas\n  HostName 10.0.0.3\n  User joe\nHost *.lan\n"}
IMPORT: dict[str, Any] = {
    "kind": "ssh_config",
    "servers": [
        {
            "name": "nas",
            "host": "10.0.0.3",
            "port": 22,
            "username": "joe",
            "jump": "",
            "key": "",
            "tags": "",
            "known": None,
            "problem": "",
            "remarks": [],
        }
    ],
    "remarks": ["Host *.lan is a pattern, and no server."],
}
