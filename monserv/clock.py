"""The only caller of ``time`` and of ``datetime.now``.

Durations are taken from ``monotonic()``, stamps from ``now()``, and a decision
takes one reading and uses it throughout. Tests drive a ``ManualClock``.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the rest of monserv knows of time."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go back, from an arbitrary origin."""


def give_way() -> None:
    """Let the other threads go first, without waiting.

    A green thread for which there is always something to read would never stop.
    """
    time.sleep(0)


def doze(seconds: float) -> None:
    """Wait so long, without a way to be woken: half of what it costs with one."""
    time.sleep(seconds)


def busy_seconds() -> float:
    """Return for how long this thread has had the processor."""
    return time.thread_time()


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware, in UTC."""
        return datetime.now(UTC)

    # A poll asks a dozen times, so there is nothing around it.
    monotonic = staticmethod(time.monotonic)


class ManualClock:
    """A clock that moves only when told to: both readings advance together."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, 12, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        """Return the wall-clock time, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds that never go back, from an arbitrary origin."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Move both readings forward by ``seconds``."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
