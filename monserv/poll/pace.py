"""How often a server is polled, given what that costs it: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace

# Each step doubles the interval; at the last one it is sixteen times as long.
MAX_STEPS = 4

# So much must have been measured, over at least this long, before anything is decided:
# a kernel counts CPU time in hundredths of a second.
MIN_CPU_SECONDS = 0.05
MIN_POLLS = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """Whether polls are further apart than configured, and why.

    ``budget_percent`` is of one core of the server.
    """

    interval_seconds: float
    budget_percent: float
    steps: int = 0

    @property
    def stretched_seconds(self) -> float:
        """Return the seconds between polls."""
        return float(self.interval_seconds * 2**self.steps)

    def after(self, cpu_seconds: float, polls: int) -> Pace:
        """Return the pace after ``polls``, at least ``MIN_POLLS``, that have used so much.

        It slows down when they cost more than the budget, and speeds up again when half of
        them would not.
        """
        percent = 100.0 * cpu_seconds / polls / self.stretched_seconds
        if percent > self.budget_percent and cpu_seconds >= MIN_CPU_SECONDS:
            return replace(self, steps=min(MAX_STEPS, self.steps + 1))
        if self.steps and 2 * percent <= self.budget_percent:
            return replace(self, steps=self.steps - 1)
        return self
