"""What one session has used of a server so far."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.model.made_often import made_often


@made_often
@dataclass(frozen=True, slots=True)
class Usage:
    """Totals of one session.

    ``forks`` and ``cpu_seconds`` are told by the server now and then, and are those of the
    first ``measured_polls`` polls; ``None`` until then, and where they are not told.
    """

    polls: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    forks: int | None = None
    cpu_seconds: float | None = None
    measured_polls: int = 0
