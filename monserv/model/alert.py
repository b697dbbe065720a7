"""Alerts and their transitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertType(StrEnum):
    """What an alert is about; the word that REST shows."""

    CPU = "cpu"
    MEMORY = "memory"
    DISK = "disk"
    PROCESS = "process"
    HOST = "host"
    AUTHENTICATION = "authentication"
    HOST_KEY = "host_key"


class Severity(StrEnum):
    """How bad it is; ``critical`` turns a server's status to ``alert``."""

    WARNING = "warning"
    CRITICAL = "critical"


class Kind(StrEnum):
    """The two transitions of an alert; the values are ``alert_type`` on the WebSocket."""

    RAISED = "alert"
    RECOVERED = "recovery"


class Resolution(StrEnum):
    """Why an alert closed."""

    RECOVERED = "recovered"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Alert:
    """One episode of an alert.

    ``id`` names the condition (``<masked url>|disk|/var``) and comes back with
    each episode; ``event_id`` is unique per episode and survives restarts.
    ``item`` is what the words name (a mount point, ``name(pid)``, or nothing).
    ``incarnation`` tells two owners of the same item apart (a reused pid).
    ``recorded`` is false while the episode's transition is not durable.
    """

    id: str
    event_id: str
    server_id: str
    server_url: str
    hostname: str
    type: AlertType
    severity: Severity
    subject: str
    message: str
    triggered_at: datetime
    item: str = ""
    incarnation: str = ""
    resolved_at: datetime | None = None
    resolution: Resolution | None = None
    recorded: bool = True

    @property
    def is_active(self) -> bool:
        """Whether the episode is still open."""
        return self.resolved_at is None


@dataclass(frozen=True, slots=True)
class Transition:
    """An alert was raised, or recovered.

    ``alert`` is the episode after the transition. ``subject`` and ``message``
    are the words of this transition; ``reason`` is the named reason of the
    decision, for logs and tests. ``tags`` are those that the alert's server had
    at that time, so that it is known who may hear of one that was removed.
    """

    kind: Kind
    at: datetime
    alert: Alert
    subject: str
    message: str
    reason: str
    tags: tuple[str, ...] = ()
