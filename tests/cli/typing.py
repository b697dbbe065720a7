"""A command that is typed, and what it said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

# The settings that a test's own shell may carry and that would change what is said.
STRANGE = ("SERVERS", "SERVERS_FILE", "SERVER_HOST", "SERVER_PORT", "API_HOST", "DATABASE_URL")


@dataclass(frozen=True)
class Said:
    """How a command ended: its exit code, and what it wrote."""

    code: object
    out: str
    err: str


Type = Callable[..., Said]
