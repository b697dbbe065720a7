"""The sentences around answers: numbers with their nouns."""

from __future__ import annotations

from monserv.model.snapshot import Snapshot, Status

_NOTHING = "No server is watched"


def counted(number: int, noun: str) -> str:
    """Return ``1 server``, ``3 servers``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def sentence(problem: str) -> str:
    """Return a problem as it stands alone: with a capital and a full stop."""
    return f"{problem[:1].upper()}{problem[1:]}."


def summary(snapshot: Snapshot) -> str:
    """Return how all servers do, in one sentence."""
    views = snapshot.servers.values()
    asked = [view.status for view in views if view.server.is_active]
    said = [_servers(len(asked), asked.count(Status.OFFLINE), len(views) - len(asked))]
    return ", ".join([*said, _alerts(snapshot)])


def _servers(asked: int, offline: int, paused: int) -> str:
    if not asked:
        return f"{counted(paused, 'server')} {_are(paused)} paused" if paused else _NOTHING
    also = f", {paused} {_are(paused)} paused" if paused else ""
    if not offline:
        return f"{counted(asked, 'server')} {_are(asked)} online{also}"
    return f"{offline} of {counted(asked, 'server')} {_are(offline)} offline{also}"


def _alerts(snapshot: Snapshot) -> str:
    number = len(snapshot.alerts)
    return f"{counted(number, 'alert')} {_are(number)} active" if number else "no alert is active"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
