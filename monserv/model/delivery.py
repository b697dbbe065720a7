"""What one channel is told of one transition, and whether it has been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monserv.model.alert import Kind, Severity, Transition

MAX_PAGE_SIZE = 1000


class DeliveryState(StrEnum):
    """How far a delivery is; all but ``pending`` are final."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One transition for one channel.

    ``key`` is unique and survives restarts. ``due_at`` is when it may be tried
    next, were it not for the cooldown of its alert. ``last_error`` is why the last
    attempt failed, or why it was skipped: a sentence without a secret.
    """

    channel: str
    event_id: str
    kind: Kind
    alert_id: str
    server_id: str
    server_url: str
    hostname: str
    severity: Severity
    subject: str
    message: str
    happened_at: datetime
    due_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    finished_at: datetime | None = None
    last_error: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others."""
        return (self.channel, self.event_id, self.kind.value)

    @property
    def is_open(self) -> bool:
        """Whether it may still be tried."""
        return self.state is DeliveryState.PENDING


def delivery(transition: Transition, channel: str) -> Delivery:
    """Return what ``channel`` has to be told of a transition."""
    alert = transition.alert
    return Delivery(
        channel=channel,
        event_id=alert.event_id,
        kind=transition.kind,
        alert_id=alert.id,
        server_id=alert.server_id,
        server_url=alert.server_url,
        hostname=alert.hostname,
        severity=alert.severity,
        subject=transition.subject,
        message=transition.message,
        happened_at=transition.at,
        due_at=transition.at,
    )


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """Which deliveries to list, newest first; ``None`` does not filter.

    ``server_ids`` are the servers that may be seen. ``page`` counts from 1,
    ``page_size`` is at most ``MAX_PAGE_SIZE``.
    """

    channel: str | None = None
    state: DeliveryState | None = None
    server_ids: frozenset[str] | None = None
    page: int = 1
    page_size: int = 100


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One page of deliveries and how many there are in all."""

    deliveries: tuple[Delivery, ...]
    total: int
