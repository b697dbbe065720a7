"""The open alerts of one server: the only place where one is opened or closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from monserv.alerts.lifecycle import Reason
from monserv.alerts.words import Words
from monserv.model.alert import Alert, AlertType, Kind, Resolution, Severity, Transition
from monserv.model.server import Server

SEVERITY = {
    AlertType.CPU: Severity.WARNING,
    AlertType.MEMORY: Severity.CRITICAL,
    AlertType.DISK: Severity.CRITICAL,
    AlertType.PROCESS: Severity.WARNING,
    AlertType.HOST: Severity.CRITICAL,
    AlertType.HOST_KEY: Severity.CRITICAL,
    AlertType.AUTHENTICATION: Severity.WARNING,
}


class OpenAlerts:
    """Key (the alert's id behind the URL) -> alert, oldest first."""

    def __init__(self, server: Server, new_event_id: Callable[[], str]) -> None:
        self.server = server
        # Older clients know a server by the name that it gives itself.
        self.hostname = server.name
        self._new_event_id = new_event_id
        self._alerts: dict[str, Alert] = {}

    def adopt(self, alert: Alert) -> str:
        """Take over an alert of an earlier process; return its key."""
        key = alert.id.removeprefix(f"{self.server.url}|")
        self._alerts[key] = replace(alert, server_id=self.server.id)
        self.hostname = alert.hostname
        return key

    def get(self, key: str) -> Alert | None:
        """Return the open alert with ``key``."""
        return self._alerts.get(key)

    def items(self) -> tuple[tuple[str, Alert], ...]:
        """Return (key, alert) of all open alerts."""
        return tuple(self._alerts.items())

    def all(self) -> tuple[Alert, ...]:
        """Return all open alerts."""
        return tuple(self._alerts.values())

    def open(
        self,
        key: str,
        kind: AlertType,
        at: datetime,
        said: Words,
        *,
        item: str = "",
        incarnation: str = "",
    ) -> Transition:
        """Open an alert; ``said`` is its (subject, message)."""
        subject, message = said
        alert = Alert(
            id=f"{self.server.url}|{key}",
            event_id=self._new_event_id(),
            server_id=self.server.id,
            server_url=self.server.url,
            hostname=self.hostname,
            type=kind,
            severity=SEVERITY[kind],
            subject=subject,
            message=message,
            triggered_at=at,
            item=item,
            incarnation=incarnation,
        )
        self._alerts[key] = alert
        tags = self.server.tags
        return Transition(Kind.RAISED, at, alert, subject, message, Reason.SUSTAINED, tags)

    def rename(self, server: Server) -> None:
        """Go on under what ``server`` says; its URL, which is in every id, is the same."""
        if self.hostname == self.server.name:
            self.hostname = server.name
        self.server = server

    def close(self, key: str, at: datetime, said: Words, reason: Reason) -> Transition:
        """Close an alert."""
        return closed(self._alerts.pop(key), at, said, reason, self.server.tags)


def closed(
    alert: Alert, at: datetime, said: Words, reason: Reason, tags: tuple[str, ...] = ()
) -> Transition:
    """Return the closing of ``alert``, for whichever reason; ``tags`` are its server's."""
    resolution = Resolution.GONE if reason is Reason.ITEM_GONE else Resolution.RECOVERED
    after = replace(alert, resolved_at=at, resolution=resolution)
    return Transition(Kind.RECOVERED, at, after, said[0], said[1], reason, tags)
