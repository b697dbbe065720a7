"""The newest state of all servers at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from monserv.model.access import Access
from monserv.model.alert import Alert, Transition
from monserv.model.made_often import made_often
from monserv.model.sample import Sample
from monserv.model.server import Server


class Status(StrEnum):
    """A server's status in one word."""

    ONLINE = "online"
    WARNING = "warning"
    ALERT = "alert"
    OFFLINE = "offline"


@made_often
@dataclass(frozen=True, slots=True)
class ServerView:
    """The newest truth about one server.

    ``reason`` says more than the status (``pending``, ``unreachable``, ...) and
    is ``None`` when there is nothing to add. ``since`` is when the status began,
    ``last_update`` when the sample was taken, or when watching began. Where its jump server
    ``is_jump_hidden``, it is shown as if it had none.
    """

    server: Server
    status: Status
    reason: str | None
    last_error: str | None
    since: datetime
    last_update: datetime
    missed_polls: int = 0
    sample: Sample | None = None
    alerts: tuple[Alert, ...] = ()
    is_jump_hidden: bool = False

    def seen_by(self, access: Access) -> ServerView:
        """Return what ``access``, which sees the server, sees of it."""
        if not self.server.jump or any(access.sees(hop.tags) for hop in self.server.hops[-1:]):
            return self
        return replace(self, is_jump_hidden=True)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All servers by id, in the order in which they were configured.

    ``version`` grows by one with every change; two snapshots of one process with
    the same version are the same object, until one is limited to what an access sees.
    """

    version: int
    servers: Mapping[str, ServerView]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All active alerts, newest first."""
        active = [alert for view in self.servers.values() for alert in view.alerts]
        return tuple(sorted(active, key=lambda alert: alert.triggered_at, reverse=True))

    def after(self, transition: Transition) -> Snapshot:
        """Return the snapshot with an alert among those of its server, or not, as it now is.

        What is told of an alert may overtake what the state shows, or come after it.
        """
        told = transition.alert
        view = self.servers.get(told.server_id)
        if view is None or view.server.url != told.server_url:
            return self
        others = tuple(one for one in view.alerts if one.event_id != told.event_id)
        alerts = (*others, told) if told.is_active else others
        if len(alerts) == len(view.alerts):
            return self
        changed = {**self.servers, told.server_id: replace(view, alerts=alerts)}
        return Snapshot(self.version, MappingProxyType(changed))

    def seen_by(self, access: Access) -> Snapshot:
        """Return the snapshot without what ``access`` does not see."""
        if not access.tags:
            return self
        seen = {
            name: view.seen_by(access)
            for name, view in self.servers.items()
            if access.sees(view.server.tags)
        }
        return Snapshot(self.version, MappingProxyType(seen))
