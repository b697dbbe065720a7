"""Counts what one server is asked for; the poller writes, anybody reads."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from monserv.model.footprint import Footprint
from monserv.model.usage import Usage

T = TypeVar("T", int, float)


class Meter:
    """Adds up the sessions of one server."""

    def __init__(self, since: datetime, interval_seconds: float) -> None:
        self._lock = threading.Lock()
        # What ended sessions have used, and with the present one on top.
        self._ended = Footprint(since, interval_seconds=interval_seconds)
        self._present = self._ended

    def footprint(self) -> Footprint:
        """Return what watching has cost so far."""
        with self._lock:
            return self._present

    def logged_in(self) -> None:
        """Count a login that was accepted."""
        self._count(logins=1)

    def refused(self) -> None:
        """Count a login that was refused."""
        self._count(refused_logins=1)

    def broke(self) -> None:
        """Count a connection that ended before anything was judged."""
        self._count(broken_connections=1)

    def polled(self, usage: Usage) -> None:
        """Take in what the present session has used in all."""
        with self._lock:
            self._present = _together(self._ended, usage)

    def replaced(self, usage: Usage) -> None:
        """Add a session that another one has taken the place of, while that one goes on."""
        with self._lock:
            present = self._present
            self._ended = _together(self._ended, usage)
            self._present = _together(present, usage)

    def hung_up(self) -> None:
        """Add the session that has ended to the others."""
        with self._lock:
            self._ended = self._present

    def paced(self, interval_seconds: float, *, is_slowed: bool) -> None:
        """Note how far apart polls are."""
        with self._lock:
            note = {"interval_seconds": interval_seconds, "is_slowed": is_slowed}
            self._ended = replace(self._ended, **note)  # type: ignore[arg-type]  # two fields of two types
            self._present = replace(self._present, **note)  # type: ignore[arg-type]  # as above

    def _count(self, **more: int) -> None:
        with self._lock:
            self._ended = _added(self._ended, more)
            self._present = _added(self._present, more)


def _together(ended: Footprint, usage: Usage) -> Footprint:
    return replace(
        ended,
        polls=ended.polls + usage.polls,
        bytes_sent=ended.bytes_sent + usage.bytes_sent,
        bytes_received=ended.bytes_received + usage.bytes_received,
        forks=_sum(ended.forks, usage.forks),
        cpu_seconds=_sum(ended.cpu_seconds, usage.cpu_seconds),
        measured_polls=ended.measured_polls + usage.measured_polls,
    )


def _sum(before: T | None, more: T | None) -> T | None:
    """Return a sum in which what is unknown counts for nothing, unless all of it is."""
    if before is None or more is None:
        return more if before is None else before
    return before + more


def _added(footprint: Footprint, more: dict[str, int]) -> Footprint:
    values = {name: getattr(footprint, name) + number for name, number in more.items()}
    return replace(footprint, **values)
