"""How long the database is waited for, and whether it counts as broken.

Used by the journal's thread alone, but for ``problem``, which any thread may read,
and ``hurry()``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy import Connection

from monserv.clock import Clock
from monserv.db.engine import BUSY_TIMEOUT_SECONDS, Database
from monserv.errors import StorageError

log = logging.getLogger(__name__)

# A transition that is not durable by then is announced all the same.
DURABLE_SECONDS = 1.0
# One try while the database is broken; short, for a new transition may be waiting behind it.
TRY_SECONDS = 0.75
HURRIED_SECONDS = 0.5
PAUSE_SECONDS = 0.05
ATTEMPTS = 20
# What has waited for long behind others still gets one honest try.
LEAST_SECONDS = 0.25


class PatientWriter:
    """Writes with many tries while the database works, and with one while it is broken.

    ``problem`` is what is wrong, in a sentence, from the first failure until
    ``works_again()``.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._hurry = threading.Event()
        self._bug = ""
        self.problem: str | None = None

    def write(self, work: Callable[[Connection], None], since: float | None = None) -> bool:
        """Run ``work`` as one transaction and return whether it is durable.

        Gives up ``DURABLE_SECONDS`` after ``since`` (monotonic; ``None`` is now).
        """
        if self.problem is None:
            begun_at = self._clock.monotonic() if since is None else since
            failure = self._persist(work, begun_at + DURABLE_SECONDS)
        else:
            failure = self._try(work, TRY_SECONDS)
        if failure is not None:
            self._broke(failure)
        return failure is None

    def works_again(self, remark: str) -> None:
        """Say that the database works, if it did not."""
        if self.problem is not None:
            log.warning("The database works again%s", remark)
            self.problem = None

    def hurry(self) -> None:
        """From now on try everything once only: the process ends. Safe from any thread."""
        self._hurry.set()

    def _persist(self, work: Callable[[Connection], None], give_up_at: float) -> str | None:
        failure = None
        left = max(give_up_at - self._clock.monotonic(), LEAST_SECONDS)
        for _ in range(ATTEMPTS):
            failure = self._try(work, left)
            if failure is None or self._hurry.wait(PAUSE_SECONDS):
                break
            left = give_up_at - self._clock.monotonic()
            if left < BUSY_TIMEOUT_SECONDS:
                # A shorter try could not even wait for a lock, and would hide the cause.
                break
        return failure

    def _try(self, work: Callable[[Connection], None], timeout_seconds: float) -> str | None:
        if self._hurry.is_set():
            timeout_seconds = min(timeout_seconds, HURRIED_SECONDS)
        try:
            self._database.write(timeout_seconds, work)
        except StorageError as error:
            return str(error)
        except Exception as error:
            # A bug must not keep an alert from being announced.
            bug = f"Writing to the journal failed: {type(error).__name__}"
            if bug != self._bug:
                self._bug = bug
                log.exception("Writing to the journal failed")
            return bug
        return None

    def _broke(self, failure: str) -> None:
        if self.problem is None:
            log.warning("%s; alerts go on and are recorded when it works again", failure)
        self.problem = failure
