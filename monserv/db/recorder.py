"""What the database still has to be told.

Used by the journal's thread alone, but for ``problem`` and ``hurry()``.
"""

from __future__ import annotations

import itertools
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from monserv.clock import Clock
from monserv.db import queries
from monserv.db.engine import Database
from monserv.db.patience import PatientWriter
from monserv.db.rows import Entry
from monserv.model.alert import Transition

log = logging.getLogger(__name__)

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
    ``on_durable`` hears of every transition whose row is safe, perhaps again.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        on_durable: Callable[[Iterable[Transition]], None],
        channels: Sequence[str] = (),
    ) -> None:
        self._writer = PatientWriter(database, clock)
        self._on_durable = on_durable
        self._channels = tuple(channels)
        self._owed: deque[Entry] = deque()
        self._forgotten = 0
        self._knows_the_past = False

    @property
    def problem(self) -> str | None:
        """What is wrong with the database, in a sentence, while something is."""
        return self._writer.problem

    def earlier(self) -> tuple[Transition, ...] | None:
        """Return what an earlier process recorded but did not announce.

        ``None`` while the database does not say; nothing is written before it has,
        so that this process's own transitions are never among them.
        """
        found: list[Transition] = []

        def ask(connection: Connection) -> None:
            found[:] = queries.unannounced(connection, MAX_OWED)

        self._knows_the_past = self._writer.write(ask)
        return tuple(found) if self._knows_the_past else None

    def record(self, transitions: Sequence[Transition], handed_at: float) -> bool:
        """Write ``transitions``, handed over at ``handed_at``; return whether they are durable.

        Not tried while the database is known to be broken, for then people need
        not wait.
        """
        if self.problem is not None or not self._knows_the_past:
            return False
        return self._write([Entry(transition) for transition in transitions], handed_at)

    def owe(self, transition: Transition, announced_at: datetime | None) -> None:
        """Remember to write a transition, if it is not there yet, and its receipt."""
        if len(self._owed) >= MAX_OWED:
            self._owed.popleft()
            self._forgotten += 1
        self._owed.append(Entry(transition, announced_at))

    def mend(self) -> None:
        """Write what is owed; with nothing owed, see whether the database still works."""
        if not self._knows_the_past:
            return
        while self._write([]):
            if not self._owed:
                lost = f"; {self._forgotten} alert records are lost" if self._forgotten else ""
                self._writer.works_again(lost)
                self._forgotten = 0
                return

    def patience_seconds(self) -> float:
        """Return for how long ``mend()`` may wait when nothing new comes."""
        if self.problem is not None:
            return RETRY_SECONDS
        return RECEIPT_SECONDS if self._owed else CHECK_SECONDS

    def hurry(self) -> None:
        """From now on try everything once only: the process ends. Safe from any thread."""
        self._writer.hurry()

    def close(self) -> None:
        """Write what is owed a last time, and say what is lost."""
        self.mend()
        if self._owed and self.problem is not None:
            log.warning("%d alert records could not be written: %s", len(self._owed), self.problem)

    def _write(self, new: Sequence[Entry], handed_at: float | None = None) -> bool:
        """Write some of what is owed, and ``new``, in one transaction."""
        owed = list(itertools.islice(self._owed, CHUNK))
        entries = [*owed, *new]
        if not self._writer.write(
            lambda found: queries.store(found, entries, self._channels), handed_at
        ):
            return False
        for _ in owed:
            self._owed.popleft()
        self._on_durable(entry.transition for entry in entries)
        return True
