"""A trial that somebody watches: its steps one by one, and an end when nobody looks any more."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from monserv.model.trial import ShownKey, StepResult, Trial
from monserv.poll.watchdog import Limit

log = logging.getLogger(__name__)

# Told of each step as soon as it is over, with the host key if one has been shown by then.
Hear = Callable[[StepResult, ShownKey | None], None]
News = tuple[StepResult, ShownKey | None] | Trial


class Attended:
    """A trial in the thread ``monserv-trial``; ``work`` is bounded by the limit that it tells of.

    ``done`` is called once, when nothing of it runs any more.
    """

    def __init__(
        self, work: Callable[[Hear, Callable[[Limit], None]], Trial], done: Callable[[], None]
    ) -> None:
        self._work = work
        self._done = done
        # At most a trial's steps, its result, and its end.
        self._news: queue.SimpleQueue[News | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._limit: Limit | None = None
        self._is_stopped = False
        self._is_over = False
        thread = threading.Thread(target=self._run, name="monserv-trial", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            done()
            raise

    def next(self, timeout_seconds: float) -> News | None:
        """Wait for what comes next; ``None`` when nothing does in time, or all has come."""
        try:
            found = self._news.get(timeout=timeout_seconds)
        except queue.Empty:
            return None
        if found is None:
            self._is_over = True
        return found

    @property
    def is_over(self) -> bool:
        """Whether all that there is to tell has been told."""
        return self._is_over

    def stop(self) -> None:
        """Break off whatever still runs; idempotent, waits for nothing."""
        with self._lock:
            self._is_stopped = True
            limit = self._limit
        if limit is not None:
            limit.expire()

    def _hold(self, limit: Limit) -> None:
        with self._lock:
            self._limit = limit
            is_stopped = self._is_stopped
        if is_stopped:
            limit.expire()

    def _run(self) -> None:
        try:
            self._news.put(
                self._work(lambda result, key: self._news.put((result, key)), self._hold)
            )
        except Exception:
            log.exception("a test of a connection stumbled")
        finally:
            self._done()
            self._news.put(None)
