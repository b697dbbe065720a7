"""One thread that ends whatever outlives its deadline.

Timeouts of sockets and of paramiko can be defeated by a peer that drips, and
some waits have none. A limit acts from outside: when it passes, the connection
is shut down under the feet of whoever waits on it.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from monserv.clock import Clock

log = logging.getLogger(__name__)


class Limit:
    """One absolute deadline, used as a context; calls the held ``abort`` when it passes."""

    def __init__(self, watchdog: Watchdog, at: float) -> None:
        self.at = at
        self.passed = False
        self._watchdog = watchdog
        self._lock = threading.Lock()
        self._abort: Callable[[], None] | None = None
        self._over = False

    def hold(self, abort: Callable[[], None]) -> None:
        """Call ``abort`` at the deadline, in place of what was held before."""
        with self._lock:
            self._abort = abort
            late = self.passed
        if late:
            abort()

    @property
    def is_over(self) -> bool:
        """Whether the work is done, and nothing is to be aborted any more."""
        return self._over

    def expire(self) -> None:
        """Abort, unless the work is over."""
        with self._lock:
            if self._over:
                return
            self.passed = True
            abort = self._abort
        if abort is not None:
            abort()

    def __enter__(self) -> Self:
        self._watchdog.watch(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._over = True
            self._abort = None


class Watchdog:
    """The thread ``monserv-watchdog``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._limits: list[tuple[float, int, Limit]] = []
        self._order = itertools.count()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start watching."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="monserv-watchdog", daemon=True)
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Stop watching; limits that have not passed are forgotten."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    def limit(self, seconds: float) -> Limit:
        """Return a limit that passes ``seconds`` from now."""
        return Limit(self, self._clock.monotonic() + seconds)

    def watch(self, limit: Limit) -> None:
        """Expire ``limit`` when its time comes."""
        with self._condition:
            heapq.heappush(self._limits, (limit.at, next(self._order), limit))
            if self._limits[0][2] is limit:
                self._condition.notify()

    def _run(self) -> None:
        while (limit := self._next_due()) is not None:
            try:
                limit.expire()
            except Exception:
                # A bug in one abort must not leave everybody else without a deadline.
                log.exception("a poll could not be aborted at its deadline")

    def _next_due(self) -> Limit | None:
        """Wait for the next limit; ``None`` when it is time to stop."""
        with self._condition:
            while not self._stopping:
                wait_seconds = None
                # Nearly all work is over long before its limit: nobody wakes up for those.
                while self._limits and self._limits[0][2].is_over:
                    heapq.heappop(self._limits)
                if self._limits:
                    wait_seconds = self._limits[0][0] - self._clock.monotonic()
                    if wait_seconds <= 0:
                        return heapq.heappop(self._limits)[2]
                self._condition.wait(wait_seconds)
        return None
