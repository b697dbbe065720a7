"""Counts what one server is asked for; the poller writes, anybody reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from monserv.model.footprint import Footprint
from monserv.model.usage import Usage

T = TypeVar("T", int, float)


class Meter:
    """Adds up the sessions of one server."""

    def __init__(self, since: datetime, interval_seconds: float) -> None:
        # What ended sessions have used, and the present one: replaced together.
        self._state = (Footprint(since, interval_seconds=interval_seconds), Usage())

    def footprint(self) -> Footprint:
        """Return what watching has cost so far."""
        return _together(*self._state)

    def measured(self) -> tuple[int, float]:
        """Return of how many polls it is known what they used, and the seconds of CPU."""
        ended, usage = self._state
        seconds = (ended.cpu_seconds or 0.0) + (usage.cpu_seconds or 0.0)
        return ended.measured_polls + usage.measured_polls, seconds

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
        self._state = (self._state[0], usage)

    def replaced(self, usage: Usage) -> None:
        """Add a session that another one has taken the place of, while that one goes on."""
        ended, present = self._state
        self._state = (_together(ended, usage), present)

    def hung_up(self) -> None:
        """Add the session that has ended to the others."""
        self._state = (self.footprint(), Usage())

    def paced(self, interval_seconds: float, *, is_slowed: bool) -> None:
        """Note how far apart polls are."""
        ended, usage = self._state
        ended = replace(ended, interval_seconds=interval_seconds, is_slowed=is_slowed)
        self._state = (ended, usage)

    def _count(self, **more: int) -> None:
        ended, usage = self._state
        self._state = (_added(ended, more), usage)


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
