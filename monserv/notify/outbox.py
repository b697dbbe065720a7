"""What is still to be told, in memory, and what the database has yet to hear of it.

The rows are written with their transitions, before anything is tried; this is where the
couriers find them, and where they say how it went. The database is read at the start,
for what an earlier process left, and written to by one thread: ``monserv-outbox``.
While it is broken alerts go out all the same.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monserv.clock import Clock
from monserv.db import outbox as queries
from monserv.db.engine import Database
from monserv.errors import StorageError
from monserv.model.alert import Transition
from monserv.model.delivery import Delivery, delivery
from monserv.model.telling import Rule
from monserv.notify.shelf import Shelf

log = logging.getLogger(__name__)

# Per channel; what is recorded beyond that waits in the database.
MAX_OPEN = 5000
MAX_REMEMBERED = 20_000
MAX_OWED = 20_000
CHUNK = 500
READ_SECONDS = 5.0
WRITE_SECONDS = 0.75
RETRY_SECONDS = 1.0
IDLE_SECONDS = 60.0
CHANNEL_GONE = "This channel is no longer configured"


class Outbox:
    """Hands out what is due, channel by channel; safe to use from any thread.

    ``is_broken()`` says that the database is known not to work; it is then left to
    those who try to mend it. ``prepare()`` is called before anything is read from it, and
    may raise ``StorageError`` as that may.
    """

    def __init__(
        self,
        database: Database,
        channels: Sequence[str],
        clock: Clock,
        is_broken: Callable[[], bool] = lambda: False,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        self._prepare = prepare
        self._database = database
        self._clock = clock
        self._is_broken = is_broken
        self._thread = threading.Thread(target=self._run, name="monserv-outbox", daemon=True)
        self._condition = threading.Condition()
        # Guarded by the condition.
        self._shelves = {channel: Shelf() for channel in channels}
        self._owed: dict[tuple[str, str, str], Delivery] = {}
        self._unread = set(channels)
        self._overflowed: set[str] = set()
        self._early: list[Transition] = []
        self._reading = False
        self._started = False
        self._holding = False
        self._stopping = False
        # The thread's own.
        self._abandoned = False

    def start(self) -> None:
        """Read what an earlier process left, if the database answers, and begin."""
        with self._condition:
            if self._started or self._stopping:
                return
            self._started = True
        # Without any channel, too: what the last ones were still to be told is given up.
        self._read()
        if self._shelves:
            self._thread.start()

    def hold(self) -> None:
        """Hand out nothing any more."""
        with self._condition:
            self._holding = True
            self._condition.notify_all()

    def stop(self, timeout_seconds: float) -> None:
        """Write what is owed, once; idempotent, bounded."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds)

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs, or need not."""
        return not self._shelves or self._thread.is_alive()

    def take(self, transition: Transition) -> None:
        """Take in a transition that has just been announced; never waits for the disk."""
        with self._condition:
            if not transition.alert.recorded:
                self._add(transition, self._shelves)
            elif self._reading:
                self._early.append(transition)
            else:
                # Where the database has not been read yet, its row will be found there.
                self._add(transition, self._shelves.keys() - self._unread)
            self._condition.notify_all()

    def follow(self, rules: Mapping[str, Rule]) -> None:
        """Decide by these rules from now on, about what waits as well."""
        with self._condition:
            now = self._clock.now()
            for channel, rule in rules.items():
                self._owe(self._shelves[channel].follow(rule, now))
            self._condition.notify_all()

    def next(self, channel: str, timeout_seconds: float) -> Delivery | None:
        """Wait for the next delivery that is due; it is to be settled before the next one.

        ``None`` when there is none in time, and at once after ``hold()``.
        """
        shelf = self._shelves[channel]
        give_up_at = self._clock.monotonic() + timeout_seconds
        with self._condition:
            while not self._holding:
                now = self._clock.now()
                due, decided = shelf.take(now)
                self._owe(decided)
                if due is not None:
                    return due
                left = give_up_at - self._clock.monotonic()
                if left <= 0:
                    return None
                at = shelf.next_at()
                self._condition.wait(left if at is None else min(left, _seconds(at, now)))
        return None

    def settle(self, one: Delivery) -> None:
        """Take back a delivery that was tried, with what came of it."""
        with self._condition:
            shelf = self._shelves[one.channel]
            self._owe([one, *shelf.put([one], self._clock.now())])
            if one.channel in self._overflowed and shelf.open_count < MAX_OPEN // 2:
                self._overflowed.discard(one.channel)
                self._unread.add(one.channel)
            self._condition.notify_all()

    def _add(self, transition: Transition, channels: Iterable[str]) -> None:
        """Put a transition on the shelves of ``channels``. Requires the condition."""
        now = self._clock.now()
        for channel in channels:
            shelf, one = self._shelves[channel], delivery(transition, channel)
            if shelf.has(one) or one.key in self._owed:
                continue
            if shelf.open_count < MAX_OPEN:
                self._owe(shelf.put([one], now))
            elif transition.alert.recorded:
                self._overflowed.add(channel)
            else:
                log.error("A notification through %s was dropped: too many wait", channel)

    def _owe(self, found: Iterable[Delivery]) -> None:
        """Remember to write how far deliveries are. Requires the condition."""
        for one in found:
            self._owed[one.key] = one
        while len(self._owed) > MAX_OWED:
            del self._owed[next(iter(self._owed))]

    def _run(self) -> None:
        stopping = False
        while not stopping:
            with self._condition:
                self._condition.wait_for(self._has_work, IDLE_SECONDS)
                stopping = self._stopping
            try:
                done = self._work(stopping=stopping)
            except Exception:
                log.exception("The outbox stumbled and goes on")
                done = False
            if not done:
                with self._condition:
                    self._condition.wait_for(lambda: self._stopping, RETRY_SECONDS)

    def _has_work(self) -> bool:
        return bool(self._stopping or self._owed or self._unread)

    def _work(self, *, stopping: bool) -> bool:
        """Write what is owed, then read what is unread; return whether that is all done."""
        if self._is_broken() and not stopping:
            return False
        while self._owed:
            if not self._write():
                return False
        if self._unread and not stopping:
            self._read()
        return not self._unread

    def _write(self) -> bool:
        with self._condition:
            found = list(itertools.islice(self._owed.values(), CHUNK))
        try:
            self._database.write(WRITE_SECONDS, lambda where: queries.settle(where, found))
        except StorageError as error:
            log.debug("Receipts of notifications are not written yet: %s", error)
            return False
        with self._condition:
            for one in found:
                if self._owed.get(one.key) is one:
                    del self._owed[one.key]
        return True

    def _read(self) -> None:
        with self._condition:
            self._reading = True
            channels = sorted(self._unread)
        try:
            self._prepare()
            self._abandon()
            for channel in channels:
                self._take_over(channel, *self._stored(channel))
        except StorageError as error:
            log.debug("Notifications of an earlier run are not read yet: %s", error)
        finally:
            with self._condition:
                self._reading = False
                early, self._early = self._early, []
                for transition in early:
                    self._add(transition, self._shelves.keys() - self._unread)
                self._condition.notify_all()

    def _abandon(self) -> None:
        if not self._abandoned:
            kept, now = sorted(self._shelves), self._clock.now()
            self._database.write(
                READ_SECONDS, lambda where: queries.abandon(where, kept, CHANNEL_GONE, now)
            )
            self._abandoned = True

    def _stored(self, channel: str) -> tuple[tuple[Delivery, ...], tuple[Delivery, ...]]:
        since = self._clock.now() - self._shelves[channel].rule.cooldown
        return self._database.read(
            READ_SECONDS,
            lambda where: (
                queries.remembered(where, channel, since, MAX_REMEMBERED),
                queries.unfinished(where, channel, MAX_OPEN),
            ),
        )

    def _take_over(
        self, channel: str, remembered: Sequence[Delivery], unfinished: Sequence[Delivery]
    ) -> None:
        now = self._clock.now()
        with self._condition:
            shelf = self._shelves[channel]
            # What failed before is tried at once: it may be why monserv was restarted.
            again = [replace(one, due_at=now) if one.attempts else one for one in unfinished]
            found = [
                one
                for one in (*remembered, *again)
                if not shelf.has(one) and one.key not in self._owed
            ]
            self._owe(shelf.put(found, now))
            if len(unfinished) < MAX_OPEN:
                self._unread.discard(channel)
            elif shelf.open_count >= MAX_OPEN // 2:
                self._unread.discard(channel)
                self._overflowed.add(channel)


def _seconds(at: datetime, now: datetime) -> float:
    # A wall clock may be set while one waits for it.
    return min(max((at - now).total_seconds(), 0.01), IDLE_SECONDS)
