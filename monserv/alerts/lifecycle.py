"""The life of one condition: OK, pending, firing; with unknown for what brings no data.

A decision is a pure function of the present state and what was just measured.
It returns the next state and a named reason, never a bare yes or no. No data is
never a recovery.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where a condition stands."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a decision was taken."""

    BELOW_THRESHOLD = "below the threshold"
    NOT_YET_SUSTAINED = "above the threshold, but not for long enough"
    SUSTAINED = "above the threshold for long enough"
    STILL_ABOVE = "still not clearly below the threshold"
    CLEARED = "clearly below the threshold again"
    ITEM_GONE = "what was measured is gone"


# An alert that is raised at 80 clears below 79, so that a value that swings
# around its threshold raises once.
HYSTERESIS_PERCENT = 1.0


@dataclass(frozen=True, slots=True)
class Condition:
    """The state of one condition; ``breached_at`` is monotonic, set while above."""

    phase: Phase = Phase.OK
    breached_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether an alert is active: firing, or firing before the data stopped."""
        return self.phase in {Phase.FIRING, Phase.UNKNOWN}


OK = Condition()
FIRING = Condition(Phase.FIRING)
UNKNOWN = Condition(Phase.UNKNOWN)


def measured(
    condition: Condition, value: float, threshold: float, for_seconds: float, now: float
) -> tuple[Condition, Reason]:
    """Decide on a value in percent, measured at monotonic ``now``."""
    if condition.is_open:
        if value < threshold - HYSTERESIS_PERCENT:
            return OK, Reason.CLEARED
        return FIRING, Reason.STILL_ABOVE
    if value < threshold:
        return OK, Reason.BELOW_THRESHOLD
    since = now if condition.breached_at is None else condition.breached_at
    if now - since >= for_seconds:
        return FIRING, Reason.SUSTAINED
    return Condition(Phase.PENDING, since), Reason.NOT_YET_SUSTAINED


def unmeasured(condition: Condition) -> Condition:
    """Decide where there is no data: an open alert stays open, a pending one starts anew."""
    return UNKNOWN if condition.is_open else OK
