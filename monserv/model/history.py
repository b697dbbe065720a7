"""Questions to the journal of alerts, and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monserv.model.alert import Alert, AlertType, Severity

MAX_PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which episodes to list, newest first; ``None`` does not filter.

    ``triggered_from`` and ``triggered_to`` bound ``triggered_at``, both
    inclusive. ``text`` is looked for, whatever its case, in the words of an episode, the
    hostname and the server's id. ``seen_ids`` are the servers that whoever asks may see,
    ``None`` for all. ``page`` counts from 1, ``page_size`` is at most ``MAX_PAGE_SIZE``.
    """

    active: bool | None = None
    server_id: str | None = None
    type: AlertType | None = None
    severity: Severity | None = None
    triggered_from: datetime | None = None
    triggered_to: datetime | None = None
    text: str | None = None
    seen_ids: frozenset[str] | None = None
    page: int = 1
    page_size: int = 100


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of episodes and how many there are in all."""

    alerts: tuple[Alert, ...]
    total: int
