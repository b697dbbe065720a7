"""The sentences around answers: numbers with their nouns."""

from __future__ import annotations

from monserv.model.snapshot import Snapshot, Status


def counted(number: int, noun: str) -> str:
    """Return ``1 server``, ``3 servers``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def sentence(problem: str) -> str:
    """Return a problem as it stands alone: with a capital and a full stop."""
    return f"{problem[:1].upper()}{problem[1:]}."


def summary(snapshot: Snapshot) -> str:
    """Return how all servers do, in one sentence."""
    statuses = [view.status for view in snapshot.servers.values()]
    return f"{_servers(len(statuses), statuses.count(Status.OFFLINE))}, {_alerts(snapshot)}"


def _servers(total: int, offline: int) -> str:
    if not total:
        return "No server is watched"
    if not offline:
        return f"{counted(total, 'server')} {_are(total)} online"
    return f"{offline} of {counted(total, 'server')} {_are(offline)} offline"


def _alerts(snapshot: Snapshot) -> str:
    number = len(snapshot.alerts)
    return f"{counted(number, 'alert')} {_are(number)} active" if number else "no alert is active"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
