"""The runtime that the application of this request shows."""

from __future__ import annotations

from flask import current_app

from monserv.runtime import Runtime

EXTENSION = "monserv"


def runtime() -> Runtime:
    """Return the runtime with which ``create_app`` was called."""
    found: Runtime = current_app.extensions[EXTENSION]
    return found
