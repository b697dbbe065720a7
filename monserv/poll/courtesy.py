"""How often a place is bothered in vain, counted for pollers and trials together.

OpenSSH counts connections that end before any login (a changed host key) and logins that
fail, and shuts out whoever makes too many; so do fail2ban and the like.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from monserv.errors import PollError, TurnedAway
from monserv.model.server import Server
from monserv.poll.schedule import FailureBudget


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a place is not to be connected to now, and for how long."""

    error: PollError
    wait_seconds: float


class Courtesy:
    """What failed where, for as long as it counts; safe for threads.

    Connections without a login are counted by host and port (and the way there), whoever
    makes them. Logins that trials were refused are counted by user, too; each poller
    counts its own. ``now`` is monotonic.
    """

    def __init__(self) -> None:
        self._turned_away = _Ledger()
        self._refused_trials = _Ledger()

    def turned_away(self, server: Server, error: TurnedAway, now: float) -> None:
        """Take note that a connection ended before any login."""
        self._turned_away.add(server.way + server.place, error, now)

    def trial_refused(self, server: Server, error: PollError, now: float) -> None:
        """Take note that the login of a trial was refused."""
        self._refused_trials.add(server.way + server.known_as, error, now)

    def welcomed(self, server: Server) -> None:
        """Take note that what turned connections away there is over."""
        self._turned_away.forget(server.way + server.place)

    def objection(self, server: Server, now: float) -> Objection | None:
        """Return why nobody is to connect to the place of ``server``; ``None`` when one may."""
        return self._turned_away.objection(server.way + server.place, now)

    def trial_objection(self, server: Server, now: float) -> Objection | None:
        """Return why no trial is to log in on ``server``; ``None`` when one may."""
        return self._refused_trials.objection(server.way + server.known_as, now)


class _Ledger:
    """Failures by a name, with the last one; what is past is forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[FailureBudget, PollError]] = {}

    def add(self, name: str, error: PollError, now: float) -> None:
        with self._lock:
            for old in [one for one, (budget, _) in self._entries.items() if budget.is_over(now)]:
                del self._entries[old]
            budget = self._entries[name][0] if name in self._entries else FailureBudget()
            self._entries[name] = (budget.failed(now), error)

    def forget(self, name: str) -> None:
        with self._lock:
            self._entries.pop(name, None)

    def objection(self, name: str, now: float) -> Objection | None:
        with self._lock:
            entry = self._entries.get(name)
        if entry is None or entry[0].allows(now):
            return None
        return Objection(entry[1], entry[0].wait_seconds(now))
