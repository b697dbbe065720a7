"""What belongs to this request: the runtime that it shows, and who asks."""

from __future__ import annotations

from flask import current_app, g

from monserv.accounts.service import Accounts
from monserv.model.access import EVERYBODY, Access
from monserv.model.directory import NOBODY, Grant
from monserv.model.snapshot import Snapshot
from monserv.runtime import Runtime

EXTENSION = "monserv"


def runtime() -> Runtime:
    """Return the runtime with which ``create_app`` was called."""
    found: Runtime = current_app.extensions[EXTENSION]
    return found


def accounts() -> Accounts:
    """Return those who may come in."""
    return runtime().accounts


def access() -> Access:
    """Return what whoever asks may see and do."""
    found: Access | None = g.get("access")
    if found is None:
        return NOBODY if runtime().settings.needs_login else EVERYBODY
    return found


def grant() -> Grant | None:
    """Return the credential that was shown; ``None`` where none was needed."""
    found: Grant | None = g.get("grant")
    return found


def csrf_token() -> str:
    """Return what pages of this session send along; empty where there is no session."""
    found: str = g.get("csrf_token", "")
    return found


def snapshot() -> Snapshot:
    """Return the newest state of the servers that whoever asks may see."""
    return runtime().state.snapshot().seen_by(access())
