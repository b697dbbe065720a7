"""What watching a server costs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# What sshd itself writes at its level INFO, where PAM's lines come on top: a login that is
# accepted, one that is refused, and a connection that ends without either.
LINES_OF_A_LOGIN = 1
LINES_OF_A_REFUSAL = 2
LINES_OF_A_CONNECTION = 1


@dataclass(frozen=True, slots=True)
class Footprint:
    """All that was asked of one server ``since`` watching it began.

    ``bytes`` are as SSH sends them, encrypted, of all sessions. ``forks`` are the processes
    that the probe has made, ``cpu_seconds`` what they, their shell and sshd have used: the
    server tells both once a minute, of so many ``measured_polls``; ``None`` until then and
    where it does not. ``is_slowed`` says that polls are further apart than configured, since
    they would cost more than the budget.
    """

    since: datetime
    polls: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    forks: int | None = None
    cpu_seconds: float | None = None
    measured_polls: int = 0
    logins: int = 0
    refused_logins: int = 0
    broken_connections: int = 0
    interval_seconds: float = 0.0
    is_slowed: bool = False

    @property
    def log_lines(self) -> int:
        """How many lines sshd has written because of us, those of PAM aside."""
        return (
            LINES_OF_A_LOGIN * self.logins
            + LINES_OF_A_REFUSAL * self.refused_logins
            + LINES_OF_A_CONNECTION * self.broken_connections
        )

    def per_poll(self, number: float) -> float | None:
        """Return a number for each poll; ``None`` before the first."""
        return number / self.polls if self.polls else None

    @property
    def forks_per_poll(self) -> float | None:
        """Return how many processes the probe makes for a poll, on average."""
        if self.forks is None or not self.measured_polls:
            return None
        return self.forks / self.measured_polls

    @property
    def cpu_milliseconds_per_poll(self) -> float | None:
        """Return what a poll uses on average."""
        if self.cpu_seconds is None or not self.measured_polls:
            return None
        return 1000.0 * self.cpu_seconds / self.measured_polls
