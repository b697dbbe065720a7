"""When the next poll is due, and whether a connection may be tried: pure decisions."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Part of an interval. A slot that begins this soon is the present one, off by what
# floats lose; without it a slot could come twice.
ROUNDING = 1e-6

FIRST_RETRY_SECONDS = 2.0
MAX_RETRY_SECONDS = 30.0

# Several wrong passwords in a row get us banned (fail2ban, OpenSSH's own penalties) and
# fill the server's log; so do connections that end before any login.
MAX_FAILURES = 2
FAILURE_WINDOW_SECONDS = 600.0


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
class FailureBudget:
    """At most so many failures of one kind within a window."""

    failed_at: tuple[float, ...] = ()

    def allows(self, now: float) -> bool:
        """Whether one more may be risked."""
        return self.wait_seconds(now) == 0

    def wait_seconds(self, now: float) -> float:
        """Return how long it is until one more may be risked."""
        if len(self.failed_at) < MAX_FAILURES:
            return 0.0
        return max(0.0, self.failed_at[0] + FAILURE_WINDOW_SECONDS - now)

    def is_over(self, now: float) -> bool:
        """Whether all of it is too long ago to count."""
        return all(now - at >= FAILURE_WINDOW_SECONDS for at in self.failed_at)

    def failed(self, now: float) -> FailureBudget:
        """Return the budget after one more failure."""
        return FailureBudget((*self.failed_at, now)[-MAX_FAILURES:])
