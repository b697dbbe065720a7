"""What the journal's tests play with: alerts, listeners, processes and another program."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monserv.clock import SystemClock
from monserv.db.engine import Database
from monserv.db.journal import Journal
from monserv.model.alert import Alert, AlertType, Kind, Resolution, Severity, Transition

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Alerts:
    """Makes alerts and their transitions; each call is a minute after the one before."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.now = NOON

    def raised(self, **fields: Any) -> Transition:
        number = next(self._numbers)
        self.now += timedelta(minutes=1)
        alert = Alert(
            id="ssh://nas|mem",
            event_id=f"event-{number}",
            server_id="nas",
            server_url="ssh://admin:***@nas",
            hostname="scadanas",
            type=AlertType.MEMORY,
            severity=Severity.CRITICAL,
            subject="[ALERT] scadanas memory high",
            message="Memory used 85.0% (threshold 80.0%)",
            triggered_at=self.now,
        )
        alert = replace(alert, **fields)
        return Transition(
            kind=Kind.RAISED,
            at=alert.triggered_at,
            alert=alert,
            subject=alert.subject,
            message=alert.message,
            reason="above the threshold for long enough",
        )

    def recovered(
        self, raised: Transition, resolution: Resolution = Resolution.RECOVERED
    ) -> Transition:
        self.now += timedelta(minutes=1)
        return Transition(
            kind=Kind.RECOVERED,
            at=self.now,
            alert=replace(raised.alert, resolved_at=self.now, resolution=resolution),
            subject="[RECOVERED] scadanas memory",
            message="Memory back to 65.0%",
            reason="clearly below the threshold again",
        )


class Ears:
    """Hears what is announced; may look at the world at that moment."""

    def __init__(self) -> None:
        self.heard: list[Transition] = []
        self.when_heard: Callable[[Transition], None] = lambda _: None

    def __call__(self, transition: Transition) -> None:
        self.when_heard(transition)
        self.heard.append(transition)

    @property
    def said(self) -> list[tuple[str, str, bool]]:
        return [(t.alert.event_id, t.kind.value, t.alert.recorded) for t in self.heard]


class Place:
    """Where a database lies, and a look into it that is independent of the product."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path, timeout=5)) as connection, connection:
            return connection.execute(sql).fetchall()

    def rows(self) -> list[tuple[str, str]]:
        return self.ask("SELECT event_id, kind FROM transitions ORDER BY sequence")

    def without_receipt(self) -> list[tuple[str, str]]:
        return self.ask(
            "SELECT event_id, kind FROM transitions WHERE announced_at IS NULL ORDER BY sequence"
        )

    def has_once(self, *event_ids: str) -> bool:
        """Whether these alerts, all of them raised, are all that there is, in this order."""
        return self.rows() == [(event_id, "alert") for event_id in event_ids]


class Process:
    """Journals as successive processes would open them; all are stopped at the end."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._opened: list[tuple[Journal, Database]] = []

    def begin(self, ears: Ears) -> Journal:
        database = Database(self._place.url)
        journal = Journal(database, ears, SystemClock())
        self._opened.append((journal, database))
        journal.start()
        return journal

    def end(self) -> None:
        for journal, database in self._opened:
            journal.stop(30)
            database.close()
        self._opened.clear()


class Locker:
    """Another program that holds the database's write lock."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._timer = threading.Timer(0, self.unlock)

    def lock(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def unlock(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def unlock_after(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self.unlock)
        self._timer.start()

    def close(self) -> None:
        if self._timer.ident is not None:
            self._timer.join()
        self.unlock()
        self._connection.close()
