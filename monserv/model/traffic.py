"""What became of those who listened over a WebSocket, and how much they were sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

COMPRESSIONS = ("deflate", "none")


class Ending(StrEnum):
    """Why a client is gone."""

    PEER = "peer"  # it said so
    LOST = "lost"  # its connection ended without a word
    SILENT = "silent"  # nothing was heard of it for too long
    SLOW = "slow"  # it did not read what it was sent
    VIOLATION = "violation"  # it broke the protocol, or its limits
    REVOKED = "revoked"  # what let it in is no longer valid
    OVERLOAD = "overload"  # there was no place for it, or no thread
    SHUTDOWN = "shutdown"
    FAULT = "fault"  # an error of ours


@dataclass(frozen=True, slots=True)
class Traffic:
    """Since the start of this process.

    ``closed`` counts clients by how they ended and, of violations, the close code (else
    empty). ``queued`` are frames that had to wait for a client, ``conflated`` those that a
    newer one made superfluous. ``clients`` and ``sent_bytes`` (confirmed by the client's
    kernel) are by compression: ``deflate`` or ``none``.
    """

    closed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    queued: int = 0
    conflated: int = 0
    clients: Mapping[str, int] = field(default_factory=dict)
    sent_bytes: Mapping[str, int] = field(default_factory=dict)
