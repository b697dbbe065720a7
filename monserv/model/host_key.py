"""Host keys of one server: which are known, which one it shows, and what that means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class KeyState(StrEnum):
    """What is to be said of a server's host key; all but the first two refuse it."""

    NEW = "new"
    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    REVOKED = "revoked"


# A person may accept these; a revoked key is refused whatever anybody says.
ACCEPTABLE = frozenset({KeyState.UNKNOWN, KeyState.CHANGED})


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that a server may show.

    ``fingerprint`` is as ``ssh-keygen -l`` prints it, ``place`` is the file that holds the
    key, and ``since`` when it was pinned or accepted, ``None`` where that is not known.
    """

    type: str
    fingerprint: str
    place: str
    since: datetime | None
    is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class OfferedKey:
    """The key that a server showed and that was refused, and when it did so first."""

    type: str
    fingerprint: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class HostKeyReport:
    """All there is to say of a server's host key; ``explanation`` is a sentence, or empty."""

    state: KeyState
    known: tuple[KnownKey, ...]
    offered: OfferedKey | None
    explanation: str
