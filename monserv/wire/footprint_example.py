"""A footprint as the API's description shows it."""

from __future__ import annotations

from typing import Any

FOOTPRINT: dict[str, Any] = {
    "since": "2026-01-01T11:00:00Z",
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
