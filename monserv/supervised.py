"""A thread that does one round of work after the other, whatever a round dies of.

A bug is told in the log, counted, and tried again after a pause that grows; who asks how
the process does hears of it until a round has gone well.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
_DOUBLINGS = 10


class SupervisedThread:
    """``work`` does one round and returns for how many seconds to rest before the next one.

    ``restarts`` is how many rounds have died so far.
    """

    def __init__(self, name: str, work: Callable[[], float]) -> None:
        self._name = name
        self._work = work
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._deaths_in_a_row = 0
        self.restarts = 0

    def start(self) -> None:
        """Begin. Idempotent."""
        if self._thread.ident is None:
            self._thread.start()

    def request_stop(self) -> None:
        """Begin no further round; end the rest between two."""
        self._stopping.set()

    def join(self, timeout_seconds: float) -> None:
        """Wait for the end, at most so long; not at all where nothing has begun."""
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds)

    @property
    def is_well(self) -> bool:
        """Whether it runs, and its last round has not died."""
        return self._thread.is_alive() and not self._deaths_in_a_row

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._round())

    def _round(self) -> float:
        """Do one round; return for how long to rest."""
        try:
            rest_seconds = self._work()
        # A library that exits, or a time-out that nobody caught, ends a thread as well.
        except BaseException:
            self.restarts += 1
            pause_seconds = _pause_seconds(self._deaths_in_a_row)
            self._deaths_in_a_row += 1
            log.exception("%s died and begins again in %g s", self._name, pause_seconds)
            return pause_seconds
        self._deaths_in_a_row = 0
        return rest_seconds


def _pause_seconds(deaths_before: int) -> float:
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(deaths_before, _DOUBLINGS), LONGEST_PAUSE_SECONDS)
