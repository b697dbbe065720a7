"""Who asks, and what they may see and do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; each may also do what those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


_RANKS = {role: rank for rank, role in enumerate(Role)}


def lesser(one: Role, other: Role) -> Role:
    """Return the role that may do less."""
    return min(one, other, key=_RANKS.__getitem__)


@dataclass(frozen=True, slots=True)
class Access:
    """What one credential opens.

    ``name`` is whose it is, for logs and pages. ``tags`` limits it to the servers
    with at least one of them; none is no limit. ``credential`` names the token or
    session, so that it can be looked for when it is revoked; it is empty where no
    login is needed. After ``expires_at`` it opens nothing.
    """

    name: str
    role: Role
    tags: frozenset[str] = frozenset()
    credential: str = ""
    expires_at: datetime | None = None

    def may(self, role: Role) -> bool:
        """Whether it opens what ``role`` opens."""
        return _RANKS[self.role] >= _RANKS[role]

    def sees(self, tags: Iterable[str]) -> bool:
        """Whether a server with ``tags`` may be seen."""
        return not self.tags or not self.tags.isdisjoint(tags)


# What everybody has where no login is needed.
EVERYBODY = Access(name="", role=Role.ADMIN)
