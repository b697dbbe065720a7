"""When the next poll is due, and whether a connection may be tried: pure decisions."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Part of an interval. A slot that begins this soon is the present one, off by what
# floats lose; without it a slot could come twice.
ROUNDING = 1e-6

FIRST_RETRY_SECONDS = 2.0
MAX_RETRY_SECONDS = 30.0

# Several wrong passwords in a row get us banned (fail2ban, OpenSSH's own
# penalties) and fill the server's log.
MAX_AUTHENTICATION_FAILURES = 2
AUTHENTICATION_WINDOW_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Cadence:
    """Slots at a fixed interval; a slot that was overslept is not made up for."""

    first_at: float
    interval_seconds: float

    def next_after(self, now: float) -> float:
        """Return when the next slot begins, strictly after ``now``."""
        if now < self.first_at:
            return self.first_at
        begun = math.floor((now - self.first_at) / self.interval_seconds + ROUNDING)
        return self.first_at + (begun + 1) * self.interval_seconds

    def slots_between(self, start: float, end: float) -> int:
        """Return how many slots began after ``start`` and not after ``end``."""
        return max(
            0, round((self.next_after(end) - self.next_after(start)) / self.interval_seconds)
        )


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits between connection attempts: doubled each time, jittered, bounded."""

    retry_at: float = 0.0
    failures: int = 0

    def allows(self, now: float) -> bool:
        """Whether an attempt may be made."""
        return now >= self.retry_at

    def failed(self, now: float, jitter: float) -> Backoff:
        """Return the backoff after one more failure; ``jitter`` is from 0 to 1."""
        longest = min(MAX_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(self.failures, 10))
        return Backoff(now + longest * (0.5 + jitter / 2), self.failures + 1)


@dataclass(frozen=True, slots=True)
class AuthenticationBudget:
    """At most so many authentication failures within a window."""

    failed_at: tuple[float, ...] = ()

    def allows(self, now: float) -> bool:
        """Whether another login may be tried."""
        recent = [at for at in self.failed_at if now - at < AUTHENTICATION_WINDOW_SECONDS]
        return len(recent) < MAX_AUTHENTICATION_FAILURES

    def failed(self, now: float) -> AuthenticationBudget:
        """Return the budget after one more failure."""
        return AuthenticationBudget((*self.failed_at, now)[-MAX_AUTHENTICATION_FAILURES:])
