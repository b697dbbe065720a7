"""The thread that lets the delivery log age: what was told long ago is deleted, little at a time.

Nobody waits for it. What is still to be told, and what decides about that, stays however old
it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from monserv.clock import Clock
from monserv.db import outbox as queries
from monserv.db.engine import Database
from monserv.errors import StorageError
from monserv.steadiness import Steadiness
from monserv.supervised import SupervisedThread

log = logging.getLogger(__name__)

# Rows that are deleted at once, so that a receipt never waits for long.
CHUNK = 500
WRITE_SECONDS = 5.0
# The rest between two chunks, and between two looks for what has become too old.
BREATH_SECONDS = 0.1
LOOK_SECONDS = 60.0
JOIN_SECONDS = 0.3


class Tidier:
    """Keeps ``keep_days`` of the log; ``is_broken()`` says that the database does not work."""

    def __init__(
        self, database: Database, clock: Clock, keep_days: float, is_broken: Callable[[], bool]
    ) -> None:
        self._database = database
        self._clock = clock
        self._keep = timedelta(days=keep_days)
        self._is_broken = is_broken
        self._steadiness = Steadiness(clock)
        self._thread = SupervisedThread("monserv-deliveries", self.turn)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """End; it owes nothing to anybody."""
        self._thread.request_stop()
        self._thread.join(min(timeout_seconds, JOIN_SECONDS))

    @property
    def is_well(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_well

    def turn(self) -> float:
        """Delete some of what is too old; return in how many seconds to look again."""
        if not self._steadiness.holds() or self._is_broken():
            return LOOK_SECONDS
        before = self._clock.now() - self._keep
        try:
            dropped = self._database.write(
                WRITE_SECONDS, partial(queries.drop_old, before=before, limit=CHUNK)
            )
        except StorageError as error:
            log.debug("The delivery log is tidied later: %s", error)
            return LOOK_SECONDS
        return BREATH_SECONDS if dropped == CHUNK else LOOK_SECONDS
