"""Record first, announce after.

A transition's row is durable before anybody hears of it, so that a process killed
at any instant announces after its next start what it had recorded but not yet
announced. An alert never waits longer than a second for the disk.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from monserv.clock import Clock
from monserv.db import queries
from monserv.db.engine import Database
from monserv.db.recorder import Recorder
from monserv.model.alert import Alert, Kind, Transition
from monserv.model.history import HistoryPage, HistoryQuery

log = logging.getLogger(__name__)

READ_SECONDS = 5.0
# Taken in at once, so that a storm is written in few transactions of bounded size.
BATCH = 500
# Only an ``announce`` that hangs lets so many wait; then the oldest are dropped.
MAX_WAITING = 20_000
# Of so many is known that they are not recorded; then the oldest are taken for recorded.
MAX_UNRECORDED = 50_000


class Journal:
    """The stored transitions, and the one place from which alerts are announced.

    ``announce`` is called in the journal's own (green) thread, in the order in
    which transitions were handed over, never inside a database transaction. What
    ``channels`` are to be told of a transition is recorded together with it.
    """

    def __init__(
        self,
        database: Database,
        announce: Callable[[Transition], None],
        clock: Clock,
        channels: Sequence[str] = (),
    ) -> None:
        self._database = database
        self._announce = announce
        self._clock = clock
        self._recorder = Recorder(database, clock, self._note_durable, channels)
        self._thread = threading.Thread(target=self._run, name="monserv-journal", daemon=True)
        self._condition = threading.Condition()
        # Guarded by the condition.
        self._waiting: deque[tuple[float, Transition]] = deque()
        self._unrecorded: dict[str, None] = {}
        self._revision = 0
        self._handed = 0
        self._announced = 0
        self._started = False
        self._stopping = False
        # The thread's own.
        self._caught_up = False
        self._mend_at = 0.0
        self._patience_seconds = 0.0

    def start(self) -> None:
        """Begin; announces first what an earlier process recorded but did not announce."""
        with self._condition:
            if self._started or self._stopping:
                return
            self._started = True
        self._thread.start()

    def record(self, transitions: Sequence[Transition]) -> None:
        """Hand over transitions to be recorded and then announced; never waits for the disk.

        What is not durable within a second is announced with ``recorded`` false and
        written once when the database heals. After ``stop()`` nothing is taken in.
        """
        handed_at = self._clock.monotonic()
        with self._condition:
            if self._stopping:
                return
            self._waiting.extend((handed_at, transition) for transition in transitions)
            self._handed += len(transitions)
            self._note_unrecorded(transitions)
            too_many = max(0, len(self._waiting) - MAX_WAITING)
            for _ in range(too_many):
                self._waiting.popleft()
            self._announced += too_many
            self._condition.notify_all()
        if too_many:
            log.error("%d alerts were dropped: announcing hangs", too_many)

    def settle(self, timeout_seconds: float) -> bool:
        """Wait until all that was handed over so far is announced; return whether it is."""
        with self._condition:
            goal = self._handed
            return self._condition.wait_for(lambda: self._announced >= goal, timeout_seconds)

    def is_recorded(self, event_id: str) -> bool:
        """Return whether the row that says that this episode began is durable."""
        with self._condition:
            return event_id not in self._unrecorded

    @property
    def revision(self) -> int:
        """A number that changes whenever ``is_recorded`` may answer otherwise."""
        return self._revision

    def active_alerts(self) -> tuple[Alert, ...]:
        """Return the recorded episodes that are still open; raises ``StorageError``.

        Before ``start()`` they are known on a full disk too.
        """
        read = self._database.read if self._started else self._database.read_alone
        return read(READ_SECONDS, queries.active)

    def history(self, query: HistoryQuery) -> HistoryPage:
        """Return a page of recorded episodes; raises ``StorageError`` or ``StorageTimeout``."""
        return self._database.browse(
            READ_SECONDS, lambda connection: queries.history(connection, query)
        )

    def problem(self) -> str | None:
        """Return what is wrong with the database, in a sentence, while something is."""
        return self._recorder.problem

    def stop(self, timeout_seconds: float) -> None:
        """Announce and write what was handed over, once. Idempotent."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        self._recorder.hurry()
        if self._started:
            self._thread.join(timeout_seconds)

    def _note_unrecorded(self, transitions: Iterable[Transition]) -> None:
        """Remember which episodes have no durable row yet. Requires the condition."""
        for transition in transitions:
            if transition.kind is Kind.RAISED:
                self._unrecorded[transition.alert.event_id] = None
                self._revision += 1
        while len(self._unrecorded) > MAX_UNRECORDED:
            del self._unrecorded[next(iter(self._unrecorded))]

    def _note_durable(self, transitions: Iterable[Transition]) -> None:
        with self._condition:
            for transition in transitions:
                self._unrecorded.pop(transition.alert.event_id, None)
            self._revision += 1

    def _run(self) -> None:
        going = True
        while going:
            batch, last = self._take()
            going = not last
            try:
                self._turn(batch)
                if last:
                    self._recorder.close()
            except Exception:
                log.exception("The journal stumbled and goes on")

    def _turn(self, batch: Sequence[tuple[float, Transition]]) -> None:
        """Record and announce ``batch``; when it is time, write what is owed."""
        due = not batch or self._clock.monotonic() >= self._mend_at
        if due and not self._caught_up:
            self._catch_up()
        if batch:
            self._pass_on(batch)
        if due:
            self._recorder.mend()
        self._patience_seconds = self._recorder.patience_seconds()
        mend_at = self._clock.monotonic() + self._patience_seconds
        self._mend_at = mend_at if due else min(mend_at, self._mend_at)

    def _take(self) -> tuple[list[tuple[float, Transition]], bool]:
        """Wait for work or until something is due; return it, and whether it is the last."""
        with self._condition:
            if not self._waiting and not self._stopping:
                self._condition.wait(self._patience_seconds)
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            return batch, self._stopping and not self._waiting

    def _catch_up(self) -> None:
        earlier = self._recorder.earlier()
        if earlier is not None:
            self._caught_up = True
            for transition in earlier:
                self._tell(transition)

    def _pass_on(self, batch: Sequence[tuple[float, Transition]]) -> None:
        transitions = [transition for _, transition in batch]
        durable = self._recorder.record(transitions, batch[0][0])
        for transition in transitions:
            self._tell(transition if durable else _unrecorded(transition))
        with self._condition:
            self._announced += len(batch)
            self._condition.notify_all()

    def _tell(self, transition: Transition) -> None:
        try:
            self._announce(transition)
        except Exception:
            # Without a receipt it is announced again at the next start.
            log.exception("Announcing an alert failed")
            self._recorder.owe(transition, None)
        else:
            self._recorder.owe(transition, self._clock.now())


def _unrecorded(transition: Transition) -> Transition:
    return replace(transition, alert=replace(transition.alert, recorded=False))
