"""One thread that ends whatever outlives its deadline, and wakes whoever has a time to wake at.

Timeouts of sockets and of paramiko can be defeated by a peer that drips, and
some waits have none. A limit acts from outside: when it passes, the connection
is shut down under the feet of whoever waits on it.
"""

from __future__ import annotations

import contextlib
import heapq
import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, TypeVar

from monserv.clock import Clock, doze
from monserv.locks import short_lock
from monserv.poll.bell import Bell

log = logging.getLogger(__name__)

T = TypeVar("T")

# So that of a thousand pollers that are to wake up, two dozen do at once: what they ask goes
# out together, and is waited for and answered together. To wake a processor that rests takes
# as long as a third of a poll, and what it had in its caches is gone; nobody sees whether a
# sample is of a moment later.
TICK_SECONDS = 0.1
# So many and no more: more polls are due in a second than a processor has time for only while
# thousands of servers log in, or where there are too many. Then polls are late, and whoever
# else waits for a turn (a login takes a dozen, an HTTP answer a few) waits for these alone.
ALARMS_AT_ONCE = 64
# How soon the next of them ring.
ALARMS_GAP_SECONDS = 0.025

# Who wakes up so late was kept from the processor, and so was whoever waits for a server: what
# has come is not read yet. Deadlines move by that time; without it those who are late would
# break off, log in again, and keep the others from the processor all the more.
HELD_UP_SECONDS = 0.5
MOST_CREDIT_SECONDS = 30.0


class Limit:
    """One absolute deadline, used as a context; calls the held ``abort`` when it passes.

    It has no lock, of which there would be a thousand: whoever sets one of its two marks
    looks at the other one afterwards, so that one of both sees that ``abort`` is due.
    """

    __slots__ = (
        *("_abort", "_at", "_held_up_before", "_watchdog"),
        *("is_over", "passed"),
    )

    def __init__(self, watchdog: Watchdog, at: float) -> None:
        self._at = at
        self.passed = False
        self._watchdog = watchdog
        self._held_up_before = watchdog.held_up_seconds
        self._abort: Callable[[], None] | None = None
        # The work is done, and nothing is to be aborted any more.
        self.is_over = False

    @property
    def at(self) -> float:
        """When it passes; later than was said, when the process was held up meanwhile."""
        held_up = self._watchdog.held_up_seconds - self._held_up_before
        return self._at + min(held_up, MOST_CREDIT_SECONDS) if held_up else self._at

    def hold(self, abort: Callable[[], None]) -> None:
        """Call ``abort`` at the deadline, in place of what was held before."""
        self._abort = abort
        if self.passed:
            abort()

    @contextlib.contextmanager
    def queuing(self, most_seconds: float) -> Iterator[None]:
        """Move the deadline by the time that is spent in here, at most so long."""
        self._at += most_seconds
        until = self._watchdog.now() + most_seconds
        try:
            yield
        finally:
            self._at -= max(0.0, until - self._watchdog.now())
            self._watchdog.watch(self)

    def expire(self) -> None:
        """Abort, unless the work is over."""
        if self.is_over:
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
        self.is_over = True
        self._abort = None


class Alarm:
    """Rings at the time that was set last, however often another one is set."""

    __slots__ = ("_watchdog", "at", "expire")

    def __init__(self, watchdog: Watchdog, ring: Callable[[], None]) -> None:
        self._watchdog = watchdog
        self.at = math.inf
        self.expire = ring

    def set(self, at: float) -> None:
        """Ring at ``at``, and not at what was set before."""
        self._watchdog.set(self, at)


class Watchdog:
    """The thread ``monserv-watchdog``; it acts at most ``TICK_SECONDS`` late."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = short_lock()
        self._news = Bell()
        # By the tick at which they are looked at, the first that is not before them; and these
        # ticks as a heap. Of thousands of limits most are over long before, and cost no more.
        self._limits: dict[int, list[Limit]] = {}
        self._alarms: dict[int, list[Alarm]] = {}
        self._ticks: list[int] = []
        # Alarms that are due, for which there was no room in the last tick.
        self._late: deque[Alarm] = deque()
        self._stopping = False
        self._thread: threading.Thread | None = None
        # How long in all this thread was kept from the processor.
        self.held_up_seconds = 0.0

    def start(self) -> None:
        """Start watching."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="monserv-watchdog", daemon=True)
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Stop watching; limits that have not passed are forgotten."""
        self._stopping = True
        self._news.ring()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    @property
    def is_alive(self) -> bool:
        """Whether limits pass: not before the start, nor after a defect of this thread."""
        return self._thread is not None and self._thread.is_alive()

    def limit(self, seconds: float) -> Limit:
        """Return a limit that passes ``seconds`` from now."""
        return Limit(self, self._clock.monotonic() + seconds)

    def now(self) -> float:
        """Return the time that deadlines are of."""
        return self._clock.monotonic()

    def alarm(self, ring: Callable[[], None]) -> Alarm:
        """Return an alarm that calls ``ring``, which never waits, at the time that is set."""
        return Alarm(self, ring)

    def watch(self, limit: Limit) -> None:
        """Expire ``limit`` when its time comes."""
        with self._lock:
            is_next = self._file(self._limits, limit, limit.at)
        if is_next:
            self._news.ring()

    def set(self, alarm: Alarm, at: float) -> None:
        """Let ``alarm`` ring once, at ``at``."""
        with self._lock:
            alarm.at = at
            is_next = self._file(self._alarms, alarm, at)
        if is_next:
            self._news.ring()

    def _file(self, by_tick: dict[int, list[T]], one: T, at: float) -> bool:
        """Return whether nothing is to be looked at before ``one``. Requires the lock."""
        tick = math.ceil(at / TICK_SECONDS)
        filed = by_tick.get(tick)
        if filed is not None:
            filed.append(one)
            return False
        by_tick[tick] = [one]
        heapq.heappush(self._ticks, tick)
        return self._ticks[0] == tick

    def _run(self) -> None:
        while not self._stopping:
            for limit in self._turn():
                try:
                    limit.expire()
                except Exception:
                    # A bug in one abort must not leave everybody else without a deadline.
                    log.exception("a poll could not be aborted at its deadline")
            self._wait(self._left())

    def _wait(self, left: float | None) -> None:
        """Wait until the next tick at which there is work, or for news of an earlier one."""
        if left is None:
            self._news.wait()
            return
        began_at = self._clock.monotonic()
        if left <= TICK_SECONDS:
            # No tick is earlier than the next one.
            doze(left)
        elif self._news.wait(left):
            return
        self.woke(self._clock.monotonic() - began_at - left)

    def woke(self, late_seconds: float) -> None:
        """Take note how late this thread woke up."""
        if late_seconds > HELD_UP_SECONDS:
            self.held_up_seconds += late_seconds

    def _turn(self) -> list[Limit | Alarm]:
        """Return all limits that have passed, and no more alarms than there is room for."""
        found: list[Limit | Alarm] = [*self._due()]
        while self._late and len(found) < ALARMS_AT_ONCE:
            found.append(self._late.popleft())
        return found

    def _due(self) -> list[Limit]:
        """Return the limits that have passed; alarms wait in ``_late`` for their turn."""
        now = self._clock.monotonic()
        found: list[Limit] = []
        moved: list[Limit] = []
        with self._lock:
            while self._ticks and self._ticks[0] * TICK_SECONDS <= now:
                tick = heapq.heappop(self._ticks)
                for alarm in self._alarms.pop(tick, ()):
                    # One that was set to a later time meanwhile is looked at then.
                    if alarm.at <= now:
                        alarm.at = math.inf
                        self._late.append(alarm)
                for limit in self._limits.pop(tick, ()):
                    if not limit.is_over:
                        (found if limit.at <= now else moved).append(limit)
            for limit in moved:
                self._file(self._limits, limit, limit.at)
        return found

    def _left(self) -> float | None:
        """Return the seconds until the next tick at which there is work; ``None`` without any."""
        if self._late:
            return ALARMS_GAP_SECONDS
        with self._lock:
            # Nearly all work is over long before its limit: nobody wakes up for those.
            while self._ticks and self._is_idle(self._ticks[0]):
                self._limits.pop(heapq.heappop(self._ticks), None)
            if not self._ticks:
                return None
            return max(0.0, self._ticks[0] * TICK_SECONDS - self._clock.monotonic())

    def _is_idle(self, tick: int) -> bool:
        """Whether nothing is left to do at ``tick``. Requires the lock."""
        return tick not in self._alarms and all(
            limit.is_over for limit in self._limits.get(tick, ())
        )
