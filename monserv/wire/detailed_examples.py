"""The NAS of the API's examples, asked about it alone."""

from __future__ import annotations

from typing import Any

from monserv.wire import examples

CAPABILITIES: dict[str, Any] = {
    "cpu": {
        "quality": "ok",
        "at": "2026-01-01T12:00:00Z",
        "age_seconds": 1.5,
        "reason": "",
        "fix": "",
    },
    "disks": {
        "quality": "stale",
        "at": "2026-01-01T11:59:48Z",
        "age_seconds": 13.5,
        "reason": "df did not answer within 10 s.",
        "fix": "",
    },
    "units": {
        "quality": "unsupported",
        "at": None,
        "age_seconds": None,
        "reason": "There is no systemd.",
        "fix": "",
    },
    "pressure": {
        "quality": "unsupported",
        "at": None,
        "age_seconds": None,
        "reason": "The kernel keeps no pressure stall information.",
        "fix": "Add psi=1 to the kernel's command line.",
    },
}

METRICS: dict[str, Any] = {
    **examples.METRICS,
    "cpu": {
        **examples.METRICS["cpu"],
        "per_core": [
            {
                "core": 0,
                "used_percent": 14.0,
                "user_percent": 9.0,
                "system_percent": 5.0,
                "iowait_percent": 1.0,
                "steal_percent": 0.0,
            }
        ],
    },
    "network": {
        **examples.METRICS["network"],
        "interfaces": [
            {
                **examples.METRICS["network"]["interfaces"][0],
                "bytes_sent_rate": 1500,
                "bytes_recv_rate": 250000,
                "errors_rate": 0.0,
                "drops_rate": 0.0,
            }
        ],
    },
    "block_devices": [
        {
            "name": "sda",
            "is_layered": False,
            "read_bytes": 1099511627776,
            "written_bytes": 549755813888,
            "reads_completed": 26843545,
            "writes_completed": 13421772,
            "read_bytes_rate": 1048576,
            "written_bytes_rate": 524288,
            "used_percent": 7.5,
        }
    ],
    "temperatures": [
        {"chip": "coretemp", "name": "Package id 0", "celsius": 45.0, "critical_celsius": 100.0}
    ],
    "top_processes_by_cpu": [
        {**examples.METRICS["top_processes_by_memory"][0], "cpu_percent": 37.5}
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
        "boot_id": "0b0d1f0e-5d6a-4a3c-9a54-3f8b4a6f6a11",
    },
    "quality": {
        group: {key: state[key] for key in ("quality", "age_seconds", "reason")}
        for group, state in CAPABILITIES.items()
    },
}

SERVER: dict[str, Any] = {
    **examples.SERVER,
    "metrics": METRICS,
    "thresholds": {
        "cpu_percent": 90.0,
        "memory_percent": 80.0,
        "disk_percent": 80.0,
        "process_ram_percent": 90.0,
    },
}
