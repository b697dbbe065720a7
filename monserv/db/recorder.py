"""What the database still has to be told, and whether it can be told.

Used by the journal's thread alone, but for ``problem``, which any thread may read.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from monserv.clock import Clock
from monserv.db import queries
from monserv.db.engine import Database
from monserv.db.rows import Entry
from monserv.errors import StorageError
from monserv.model.alert import Transition

log = logging.getLogger(__name__)

# A transition that is not durable by then is announced all the same.
DURABLE_SECONDS = 1.0
# One try of what can wait; short, for a new transition may be waiting behind it.
TRY_SECONDS = 0.75
HURRIED_SECONDS = 0.5
PAUSE_SECONDS = 0.05
# What has waited for long behind others still gets one honest try.
LEAST_SECONDS = 0.25
ATTEMPTS = 20
MAX_OWED = 10_000
CHUNK = 500

RECEIPT_SECONDS = 0.2
RETRY_SECONDS = 1.0
CHECK_SECONDS = 5.0


class Recorder:
    """Writes transitions and receipts; owes those that the database would not take.

    What is owed is written in its order once the database heals. Beyond
    ``MAX_OWED`` the oldest is forgotten: it has been announced, but will be
    missing from the history, unless a later recovery brings its episode along.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._owed: deque[Entry] = deque()
        self._forgotten = 0
        self._unsaid: tuple[Transition, ...] | None = None
        self._hurry = threading.Event()
        self._bug = ""
        self.problem: str | None = None

    def earlier(self) -> tuple[Transition, ...] | None:
        """Return what an earlier process recorded but did not announce.

        ``None`` while the database does not say; nothing is written before it has,
        so that this process's own transitions are never among them.
        """
        if not self._attempt(self._ask_for_earlier, TRY_SECONDS):
            return None
        return self._unsaid

    def _ask_for_earlier(self, connection: Connection) -> None:
        self._unsaid = queries.unannounced(connection, MAX_OWED)

    def record(self, transitions: Sequence[Transition], handed_at: float) -> bool:
        """Write ``transitions`` and return whether they are durable.

        Tries until ``DURABLE_SECONDS`` after ``handed_at`` (monotonic); not at all
        while the database is known to be broken, for then people need not wait.
        """
        if self.problem is not None or self._unsaid is None:
            return False
        owed = list(itertools.islice(self._owed, CHUNK))
        entries = [*owed, *(Entry(transition) for transition in transitions)]
        if not self._persist(lambda connection: queries.store(connection, entries), handed_at):
            return False
        self._settled(owed)
        return True

    def owe(self, transition: Transition, announced_at: datetime | None) -> None:
        """Remember to write a transition, if it is not there yet, and its receipt."""
        if len(self._owed) >= MAX_OWED:
            self._owed.popleft()
            self._forgotten += 1
        self._owed.append(Entry(transition, announced_at))

    def mend(self) -> None:
        """Write what is owed; with nothing owed, see whether the database still works."""
        if self._unsaid is None:
            return
        while True:
            owed = list(itertools.islice(self._owed, CHUNK))
            work = _storing(owed)
            done = (
                self._persist(work, self._clock.monotonic())
                if self.problem is None
                else self._attempt(work, TRY_SECONDS)
            )
            if not done:
                return
            self._settled(owed)
            if not self._owed:
                self._healed()
                return

    def patience_seconds(self) -> float:
        """Return for how long ``mend()`` may wait when nothing new comes."""
        if self.problem is not None or self._unsaid is None:
            return RETRY_SECONDS
        return RECEIPT_SECONDS if self._owed else CHECK_SECONDS

    def hurry(self) -> None:
        """From now on try everything once only: the process ends. Safe from any thread."""
        self._hurry.set()

    def close(self) -> None:
        """Write what is owed a last time, and say what is lost."""
        self.mend()
        if self._owed and self.problem is not None:
            log.warning("%d alert records could not be written: %s", len(self._owed), self.problem)

    def _persist(self, work: Callable[[Connection], None], since: float) -> bool:
        """Try until ``DURABLE_SECONDS`` after ``since``; then the database counts as broken."""
        give_up_at = since + DURABLE_SECONDS
        failure = ""
        for attempt in range(ATTEMPTS):
            left = give_up_at - self._clock.monotonic()
            if attempt and left <= PAUSE_SECONDS:
                break
            reply = self._failure(work, left if attempt else max(left, LEAST_SECONDS))
            if reply is None:
                return True
            failure = reply
            if self._hurry.wait(PAUSE_SECONDS):
                break
        self._broke(failure)
        return False

    def _attempt(self, work: Callable[[Connection], None], timeout_seconds: float) -> bool:
        failure = self._failure(work, timeout_seconds)
        if failure is not None:
            self._broke(failure)
        return failure is None

    def _failure(self, work: Callable[[Connection], None], timeout_seconds: float) -> str | None:
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

    def _settled(self, owed: Sequence[Entry]) -> None:
        for _ in owed:
            self._owed.popleft()

    def _broke(self, failure: str) -> None:
        if self.problem is None:
            log.warning("%s; alerts go on and are recorded when it works again", failure)
        self.problem = failure

    def _healed(self) -> None:
        if self.problem is None:
            return
        lost = f"; {self._forgotten} alert records are lost" if self._forgotten else ""
        log.warning("The database works again%s", lost)
        self.problem, self._forgotten = None, 0


def _storing(entries: Sequence[Entry]) -> Callable[[Connection], None]:
    return lambda connection: queries.store(connection, entries)
