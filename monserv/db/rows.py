"""Transitions to rows and back; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from monserv.model.alert import Alert, AlertType, Kind, Resolution, Severity, Transition

# The reason in a raised row that was first written together with its recovery.
RAISED_UNRECORDED = "raised while the database could not be written"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the database should know of a transition; ``announced_at`` is the receipt, if any."""

    transition: Transition
    announced_at: datetime | None = None


def row(entry: Entry) -> dict[str, Any]:
    """Return the row of a transition."""
    transition, alert = entry.transition, entry.transition.alert
    recovered = transition.kind is Kind.RECOVERED
    return _episode(alert) | {
        "kind": transition.kind.value,
        "at": transition.at,
        "subject": transition.subject,
        "message": transition.message,
        "reason": transition.reason,
        "resolution": (alert.resolution or Resolution.RECOVERED).value if recovered else None,
        "announced_at": entry.announced_at,
    }


def opening(entry: Entry) -> dict[str, Any]:
    """Return the raised row that a recovery implies, for when it was never written.

    The recovery carries its whole episode. The raising has been announced long
    since, so the row comes with a receipt.
    """
    alert = entry.transition.alert
    return _episode(alert) | {
        "kind": Kind.RAISED.value,
        "at": alert.triggered_at,
        "subject": alert.subject,
        "message": alert.message,
        "reason": RAISED_UNRECORDED,
        "resolution": None,
        "announced_at": entry.announced_at or entry.transition.at,
    }


def _episode(alert: Alert) -> dict[str, Any]:
    return {
        "event_id": alert.event_id,
        "alert_id": alert.id,
        "server_id": alert.server_id,
        "server_url": alert.server_url,
        "hostname": alert.hostname,
        "type": alert.type.value,
        "severity": alert.severity.value,
        "item": alert.item,
        "incarnation": alert.incarnation,
        "triggered_at": alert.triggered_at,
    }


def alert(
    raised: Row[*tuple[Any, ...]], resolved_at: datetime | None, resolution: str | None
) -> Alert:
    """Return the episode of a raised row and of how it ended, if it did."""
    return Alert(
        id=raised.alert_id,
        event_id=raised.event_id,
        server_id=raised.server_id,
        server_url=raised.server_url,
        hostname=raised.hostname,
        type=AlertType(raised.type),
        severity=Severity(raised.severity),
        subject=raised.subject,
        message=raised.message,
        triggered_at=raised.triggered_at,
        item=raised.item,
        incarnation=raised.incarnation,
        resolved_at=resolved_at,
        resolution=None if resolution is None else Resolution(resolution),
    )
