"""What belongs to this request: the runtime that it shows, and who asks."""

from __future__ import annotations

from flask import current_app, g

from monserv.model.access import EVERYBODY, Access
from monserv.model.snapshot import Snapshot
from monserv.runtime import Runtime

EXTENSION = "monserv"


def runtime() -> Runtime:
    """Return the runtime with which ``create_app`` was called."""
    found: Runtime = current_app.extensions[EXTENSION]
    return found


def access() -> Access:
    """Return what whoever asks may see and do."""
    found: Access = g.get("access", EVERYBODY)
    return found


def snapshot() -> Snapshot:
    """Return the newest state of the servers that whoever asks may see."""
    return runtime().state.snapshot().seen_by(access())
