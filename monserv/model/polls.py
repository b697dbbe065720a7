"""How many polls there were, what became of them, and how late they began."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass

from monserv.locks import short_lock

# A poll is on time, as far as anybody could tell, up to the first; past the last it is lost.
LATENESS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

# So many are counted at once, or fewer when somebody looks.
BATCH = 64


@dataclass(frozen=True, slots=True)
class Polls:
    """Since the start of this process: those that brought a sample, and those that did not.

    ``by_lateness`` counts those that began at most so much after their slot, one number
    for each of ``LATENESS_SECONDS`` and one for what was later; ``late_seconds`` is the sum.
    """

    sampled: int = 0
    missed: int = 0
    by_lateness: tuple[int, ...] = (0,) * (len(LATENESS_SECONDS) + 1)
    late_seconds: float = 0.0


class PollCount:
    """Counts polls; safe for threads."""

    def __init__(self) -> None:
        self._lock = short_lock()
        # Most polls take no lock.
        self._waiting: deque[tuple[bool, float]] = deque()
        self._sampled = self._missed = 0
        self._by_lateness = [0] * (len(LATENESS_SECONDS) + 1)
        self._late_seconds = 0.0

    def add(self, *, has_sample: bool, late_seconds: float) -> None:
        """Count one poll, which began so long after its slot."""
        self._waiting.append((has_sample, late_seconds))
        if len(self._waiting) >= BATCH:
            with self._lock:
                self._take_in()

    def counted(self) -> Polls:
        """Return the counts."""
        with self._lock:
            self._take_in()
            return Polls(self._sampled, self._missed, tuple(self._by_lateness), self._late_seconds)

    def _take_in(self) -> None:
        """Count the polls that wait. Requires the lock."""
        while self._waiting:
            has_sample, late_seconds = self._waiting.popleft()
            self._sampled += has_sample
            self._missed += not has_sample
            self._by_lateness[bisect_left(LATENESS_SECONDS, late_seconds)] += 1
            self._late_seconds += late_seconds
