"""The newest truth about every server, under one lock; only immutable values leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from monserv.locks import short_lock
from monserv.model.alert import Alert, Severity
from monserv.model.made_often import maker
from monserv.model.poll import MISSES_BEFORE_OFFLINE, Missed, Polled, PollResult
from monserv.model.server import Server
from monserv.model.snapshot import ServerView, Snapshot, Status

PENDING = "pending"
PAUSED = "paused"

_ONLINE = Status.ONLINE
_new_view = maker(ServerView)


class State:
    """Server id -> view, in the order in which servers were configured."""

    def __init__(self, servers: Iterable[Server], now: datetime) -> None:
        self._lock = short_lock()
        self._views = {server.id: _fresh(server, now) for server in servers}
        self._snapshot = Snapshot(0, MappingProxyType(dict(self._views)))
        self._version = 0

    def watch(self, server: Server, now: datetime) -> None:
        """Show ``server`` from now on, in place of the one with its id if there is one."""
        with self._lock:
            before = self._views.get(server.id)
            self._views[server.id] = _configured(before, server, now)
            self._version += 1

    def forget(self, server_id: str) -> None:
        """Show a server no longer."""
        with self._lock:
            if self._views.pop(server_id, None) is not None:
                self._version += 1

    def hide(self, server_id: str) -> ServerView | None:
        """Show a server no longer, and return what was shown of it."""
        with self._lock:
            view = self._views.pop(server_id, None)
            if view is not None:
                self._version += 1
            return view

    def put_back(self, view: ServerView) -> None:
        """Show a server again as it was, unless one with its id is shown by now."""
        with self._lock:
            if view.server.id not in self._views:
                self._views[view.server.id] = view
                self._version += 1

    def put(self, result: PollResult, alerts: tuple[Alert, ...]) -> ServerView | None:
        """Take in what a poll brought, with the server's open alerts; return its new view.

        ``None`` when the server is no longer there, or paused: it changes nothing then.
        """
        with self._lock:
            before = self._views.get(result.server_id)
            if before is None or not before.server.is_active:
                return None
            if isinstance(result, Polled):
                after = _sampled(before, result, alerts)
            else:
                after = _missed(before, result, alerts)
            self._views[result.server_id] = after
            self._version += 1
        return after

    def adopt(self, server_id: str, alerts: tuple[Alert, ...]) -> None:
        """Show the alerts that were open when an earlier process ended."""
        with self._lock:
            before = self._views.get(server_id)
            if before is not None:
                self._views[server_id] = replace(before, alerts=alerts)
                self._version += 1

    def snapshot(self) -> Snapshot:
        """Return all servers as they are now; the same object until something changes."""
        newest = self._snapshot
        if newest.version == self._version:
            return newest
        with self._lock:
            if self._snapshot.version != self._version:
                views = MappingProxyType(dict(self._views))
                self._snapshot = Snapshot(self._version, views)
            return self._snapshot


def _fresh(server: Server, now: datetime) -> ServerView:
    reason = PENDING if server.is_active else PAUSED
    return ServerView(server, Status.OFFLINE, reason, None, now, now)


def _configured(before: ServerView | None, server: Server, now: datetime) -> ServerView:
    """Return the view of a server that was added or changed."""
    if before is None or before.server.url != server.url:
        # What another machine said says nothing of this one.
        return _fresh(server, now)
    if not server.is_active:
        return replace(
            before,
            server=server,
            status=Status.OFFLINE,
            reason=PAUSED,
            last_error=None,
            since=before.since if before.status is Status.OFFLINE else now,
            missed_polls=0,
        )
    is_tried_anew = not before.server.is_active or not before.server.is_reached_like(server)
    if is_tried_anew and before.status is Status.OFFLINE:
        before = replace(before, reason=PENDING, last_error=None, missed_polls=0)
    return replace(before, server=server)


def _sampled(before: ServerView, result: Polled, alerts: tuple[Alert, ...]) -> ServerView:
    status = _status_with(alerts)
    return _new_view(
        server=before.server,
        status=status,
        reason=None,
        last_error=None,
        since=before.since if before.status is status else result.at,
        last_update=result.sample.taken_at,
        missed_polls=0,
        sample=result.sample,
        alerts=alerts,
    )


def _missed(before: ServerView, result: Missed, alerts: tuple[Alert, ...]) -> ServerView:
    offline = before.status is Status.OFFLINE or result.missed_polls >= MISSES_BEFORE_OFFLINE
    status = Status.OFFLINE if offline else _status_with(alerts)
    return replace(
        before,
        status=status,
        reason=str(result.cause) if offline else None,
        last_error=result.text,
        since=before.since if before.status is status else result.at,
        missed_polls=result.missed_polls,
        alerts=alerts,
    )


def _status_with(alerts: tuple[Alert, ...]) -> Status:
    if not alerts:
        return _ONLINE
    is_critical = any(alert.severity is Severity.CRITICAL for alert in alerts)
    return Status.ALERT if is_critical else Status.WARNING
