"""What watching a server costs it, as REST shows it."""

from __future__ import annotations

from typing import Any

from monserv.model.footprint import Footprint
from monserv.wire.encoding import stamp


def footprint(found: Footprint) -> dict[str, Any]:
    """Return totals since watching began, and what a poll costs on average."""
    return {
        "since": stamp(found.since),
        "polls": found.polls,
        "interval_seconds": found.interval_seconds,
        "is_slowed": found.is_slowed,
        "sent_bytes_per_poll": _rounded(found.per_poll(found.bytes_sent)),
        "received_bytes_per_poll": _rounded(found.per_poll(found.bytes_received)),
        "forks_per_poll": _rounded(found.forks_per_poll),
        "cpu_milliseconds_per_poll": _rounded(found.cpu_milliseconds_per_poll),
        "logins": found.logins,
        "refused_logins": found.refused_logins,
        "broken_connections": found.broken_connections,
        "log_lines": found.log_lines,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
