"""Who may come in: people with a password, programs with a token, and open log-ins."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monserv.model.access import Role

MAX_NAME_LENGTH = 64


class Scope(StrEnum):
    """What a token may do at most."""

    READ = "read"
    MANAGE = "manage"

    @property
    def role(self) -> Role:
        """The role whose doors it opens; no token administers accounts."""
        return Role.VIEWER if self is Scope.READ else Role.OPERATOR


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may log in; ``password_hash`` is argon2id in its usual encoding."""

    id: str
    name: str
    role: Role
    tags: frozenset[str]
    created_at: datetime
    password_hash: str = field(repr=False)
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """What a program shows instead of a password; only the SHA-256 of its text is kept.

    A token of an account opens at most what that account does; without one it stands
    for itself. ``expires_at`` is ``None`` when it does not expire.
    """

    id: str
    name: str
    digest: str = field(repr=False)
    scope: Scope
    tags: frozenset[str]
    account_id: str | None
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """One log-in of a browser; ``digest`` is the SHA-256 of the secret in its cookie."""

    id: str
    digest: str = field(repr=False)
    account_id: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    address: str
    agent: str


def name_key(name: str) -> str:
    """Return what two names have in common that a person takes for the same one."""
    return unicodedata.normalize("NFKC", name).casefold()


def name_flaw(name: str) -> str | None:
    """Return why ``name`` cannot name an account or token; ``None`` when it can."""
    if not name or name != name.strip() or len(name) > MAX_NAME_LENGTH:
        return f"A name has 1 to {MAX_NAME_LENGTH} characters, and no blanks around them."
    if not name.isprintable():
        return "A name has no control characters."
    return None
