"""What one session has used of a server so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Totals of one session; ``cpu_seconds`` covers its first ``cpu_polls`` polls."""

    polls: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    forks: int = 0
    cpu_seconds: float | None = None
    cpu_polls: int = 0
