"""Servers that were removed and may still be brought back, each until its time is over."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from monserv.clock import Clock
from monserv.errors import StorageError
from monserv.model.server import Server
from monserv.model.snapshot import ServerView

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
STOP_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Farewell:
    """A server as it was listed, and what it showed when it left; ``at`` is monotonic."""

    server: Server
    view: ServerView | None
    at: float


class Farewells:
    """The thread ``monserv-farewells``, which calls ``finish(server_id)`` when a time is over.

    It is there as soon as anybody leaves. Whoever calls holds the turn of the inventory.
    """

    def __init__(self, clock: Clock, finish: Callable[[str], None]) -> None:
        self._clock = clock
        self._finish = finish
        self._condition = threading.Condition()
        # Guarded by the condition.
        self._leaving: dict[str, Farewell] = {}
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    def add(self, server: Server, view: ServerView | None, seconds: float) -> None:
        """Let ``server`` leave in ``seconds``, unless it is taken back before."""
        with self._condition:
            at = self._clock.monotonic() + seconds
            self._leaving[server.id] = Farewell(server, view, at)
            if self._thread is None and not self._is_stopping:
                self._thread = threading.Thread(
                    target=self._run, name="monserv-farewells", daemon=True
                )
                self._thread.start()
            self._condition.notify_all()

    def take(self, server_id: str) -> Farewell | None:
        """Return who leaves, and forget it; ``None`` for whoever does not, or has left."""
        with self._condition:
            return self._leaving.pop(server_id, None)

    def look(self, server_id: str) -> Farewell | None:
        """Return who leaves, if it does."""
        with self._condition:
            return self._leaving.get(server_id)

    def servers(self) -> list[Server]:
        """Return all who leave."""
        with self._condition:
            return [one.server for one in self._leaving.values()]

    def stop(self) -> None:
        """Finish nothing more; the next start does. Idempotent, bounded."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while True:
            due = self._wait()
            if due is None:
                return
            try:
                self._finish(due)
            except StorageError as error:
                log.debug("%s is not forgotten by the database yet: %s", due, error)
                self._postpone(due)
            except Exception:
                log.exception("a server that was removed could not be forgotten")
                self._postpone(due)

    def _wait(self) -> str | None:
        """Return who is to leave now, as soon as somebody is; ``None`` at the end."""
        with self._condition:
            while not self._is_stopping:
                now = self._clock.monotonic()
                next_id, at = min(
                    ((one, farewell.at) for one, farewell in self._leaving.items()),
                    key=lambda each: each[1],
                    default=("", None),
                )
                if at is not None and at <= now:
                    return next_id
                self._condition.wait(None if at is None else at - now)
        return None

    def _postpone(self, server_id: str) -> None:
        with self._condition:
            one = self._leaving.get(server_id)
            if one is not None:
                at = self._clock.monotonic() + RETRY_SECONDS
                self._leaving[server_id] = Farewell(one.server, one.view, at)
