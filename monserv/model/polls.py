"""How many polls there were, and what became of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Polls:
    """Since the start of this process: those that brought a sample, and those that did not."""

    sampled: int = 0
    missed: int = 0


class PollCount:
    """Counts polls; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted = Polls()

    def add(self, *, has_sample: bool) -> None:
        """Count one poll."""
        with self._lock:
            sampled, missed = self._counted.sampled, self._counted.missed
            self._counted = Polls(sampled + 1, missed) if has_sample else Polls(sampled, missed + 1)

    def counted(self) -> Polls:
        """Return the counts."""
        with self._lock:
            return self._counted
