"""How long a channel that did not take a message is left alone. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 1800.0
# What has just happened need not wait for as long as what has failed for hours.
LONGEST_CHANNEL_SECONDS = 60.0
GIVE_UP_AFTER = timedelta(days=1)
# A machine that slept over the weekend still tries for a while.
LEAST_ATTEMPTS = 10
_DOUBLINGS = 20


def delay_seconds(failures: int, random: Callable[[], float]) -> float:
    """Return the wait after so many failures: doubled each time, between half of it and all."""
    doubled = float(2 ** min(max(failures - 1, 0), _DOUBLINGS))
    whole = min(FIRST_SECONDS * doubled, LONGEST_SECONDS)
    return whole * (0.5 + random() / 2)


def channel_delay_seconds(failures: int, random: Callable[[], float]) -> float:
    """Return for how long a channel is asked nothing after so many failures in a row."""
    return min(delay_seconds(failures, random), LONGEST_CHANNEL_SECONDS)


def is_hopeless(happened_at: datetime, attempts: int, now: datetime) -> bool:
    """Whether a delivery that failed again is given up."""
    return attempts >= LEAST_ATTEMPTS and now - happened_at >= GIVE_UP_AFTER
