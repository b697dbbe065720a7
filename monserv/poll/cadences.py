"""What is asked when: pure decisions.

The counters are asked at each poll. What costs a server more, or changes less, has a
cadence of its own; what may hang is an errand, for whose answer no poll waits.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from enum import StrEnum


class Ask(StrEnum):
    """What is asked apart from the counters, by the verb of the script."""

    MOUNTS = "mounts"
    MEMORY = "memory"
    PROCESSES = "processes"
    COST = "cost"
    LOGINS = "logins"
    SENSORS = "sensors"
    INODES = "inodes"
    UNITS = "units"
    CONTAINERS = "containers"
    REMOTE = "remote"


# The disks are asked together with the mounts.
CADENCE_SECONDS = {
    Ask.MOUNTS: 12.0,
    Ask.MEMORY: 20.0,
    Ask.PROCESSES: 20.0,
    Ask.COST: 60.0,
    Ask.LOGINS: 60.0,
    Ask.SENSORS: 20.0,
    Ask.INODES: 60.0,
    Ask.UNITS: 60.0,
    Ask.CONTAINERS: 60.0,
    Ask.REMOTE: 60.0,
}

# They are for this interval; who polls more often gets the rest more often too.
USUAL_INTERVAL_SECONDS = 4.0

# An errand that hung is asked again so much later, when nobody knows whether it still hangs.
HUNG_PAUSE_SECONDS = 600.0

# Where each question has its time, in numbers that lie together: of a thousand servers nothing
# is in the processor's caches any more when they are looked at.
_PLACES = {ask: place for place, ask in enumerate(Ask)}
_NEVER = -math.inf

# Steps of the golden ratio never bunch up, however many there are.
_SPREAD = 0.618034


class Agenda:
    """When each question of one server is due; the first time all of them are.

    ``phase``, from 0 to 1, differs from server to server, so that neither the questions
    of one server nor those of many fall together.
    """

    def __init__(self, interval_seconds: float, phase: float) -> None:
        self._interval_seconds = interval_seconds
        self._slack_seconds = interval_seconds / 2
        self._scale = min(1.0, interval_seconds / USUAL_INTERVAL_SECONDS)
        self._phase = phase
        self._due_at = array("d", [_NEVER]) * len(_PLACES)

    def cadence_seconds(self, ask: Ask) -> float:
        """Return how far apart two answers are, when all goes well."""
        return CADENCE_SECONDS[ask] * self._scale

    def due(self, now: float) -> frozenset[Ask]:
        """Return which questions are due in the slot of ``now``."""
        limit = now + self._slack_seconds
        times = zip(_PLACES, self._due_at, strict=True)
        return frozenset([ask for ask, due_at in times if due_at <= limit])

    def due_next(self, now: float) -> frozenset[Ask]:
        """Return which questions are due in the slot after that of ``now``."""
        return self.due(now + self._interval_seconds)

    def has_asked(self, asks: Iterable[Ask]) -> bool:
        """Return whether each of ``asks`` was asked, or hastened, since everything was due."""
        return all(self._due_at[_PLACES[ask]] != _NEVER for ask in asks)

    def asked(self, ask: Ask, now: float) -> None:
        """Note that ``ask`` was asked."""
        cadence = self.cadence_seconds(ask)
        before = self._due_at[_PLACES[ask]]
        if before == _NEVER:
            self._phase = (self._phase + _SPREAD) % 1.0
            cadence *= 1.0 - self._phase / 2
            before = now
        following = before + cadence
        # Times that were slept through are not made up for, and a pause is over.
        self._due_at[_PLACES[ask]] = (
            following if now < following <= now + cadence else now + cadence
        )

    def hasten(self, ask: Ask) -> None:
        """Make ``ask`` due at once; what was never asked is, and stays spread."""
        place = _PLACES[ask]
        self._due_at[place] = min(self._due_at[place], 0.0)

    def pause(self, ask: Ask, now: float) -> None:
        """Ask it again only after ``HUNG_PAUSE_SECONDS``."""
        self._due_at[_PLACES[ask]] = now + HUNG_PAUSE_SECONDS

    def restart(self) -> None:
        """Make everything due again: the server began anew."""
        self._due_at = array("d", [_NEVER]) * len(_PLACES)
