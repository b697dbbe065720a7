"""What REST shows, as plain dictionaries ready for ``encoding.encode``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from monserv.model.alert import Alert
from monserv.model.channel import ChannelInfo, ChannelTest
from monserv.model.delivery import Delivery, DeliveryPage, DeliveryQuery
from monserv.model.history import HistoryPage, HistoryQuery
from monserv.model.sample import Sample
from monserv.model.server import Server
from monserv.model.settings import Thresholds
from monserv.model.snapshot import ServerView, Snapshot, Status
from monserv.model.telling import Telling
from monserv.model.trend import TrendPoint
from monserv.model.trial import ShownKey, StepResult, Trial
from monserv.wire.encoding import percent, stamp
from monserv.wire.metrics import metrics


class Health(StrEnum):
    """The health of everything watched, in one word."""

    OK = "ok"
    DEGRADED = "degraded"
    ERROR = "error"


def success(data: Any, message: str) -> dict[str, Any]:
    """Return the envelope of an answer."""
    return {"success": True, "message": message, "data": data}


def failure(code: int, error: str, errors: Mapping[str, Any]) -> dict[str, Any]:
    """Return the envelope of an error: its status, one sentence, and details by name."""
    return {"success": False, "error": error, "code": code, "errors": errors}


def server(view: ServerView, show: Callable[[Sample], dict[str, Any]] = metrics) -> dict[str, Any]:
    """Return one server: how it does, how it is reached, and its sample as ``show`` shows it."""
    shown = None if view.sample is None else show(view.sample)
    return {
        **_condition(view),
        **_configuration(view.server),
        "jump": "" if view.is_jump_hidden else _jump(view.server),
        "metrics": shown,
    }


def thresholds(found: Thresholds) -> dict[str, Any]:
    """Return from which percent on alerts are raised."""
    return {
        "cpu_percent": found.cpu_percent,
        "memory_percent": found.memory_percent,
        "disk_percent": found.disk_percent,
        "process_ram_percent": found.process_ram_percent,
    }


def servers(snapshot: Snapshot, show: Callable[[ServerView], Any] = server) -> dict[str, Any]:
    """Return all servers in the order in which they were configured, each as ``show`` shows it."""
    shown = [show(view) for view in snapshot.servers.values()]
    return {"servers": shown, "total": len(shown)}


def alert(episode: Alert) -> dict[str, Any]:
    """Return one episode of an alert."""
    return {
        "id": episode.id,
        "event_id": episode.event_id,
        "server_id": episode.server_id,
        "server_url": episode.server_url,
        "hostname": episode.hostname,
        "type": episode.type,
        "severity": episode.severity,
        "subject": episode.subject,
        "message": episode.message,
        "is_active": episode.is_active,
        "triggered_at": stamp(episode.triggered_at),
        "resolved_at": stamp(episode.resolved_at) if episode.resolved_at else None,
        "resolution": episode.resolution,
        "recorded": episode.recorded,
    }


def history(page: HistoryPage, query: HistoryQuery) -> dict[str, Any]:
    """Return one page of the journal."""
    return {
        "alerts": [alert(episode) for episode in page.alerts],
        "total": page.total,
        "page": query.page,
        "page_size": query.page_size,
    }


def channels(found: Sequence[ChannelInfo], telling: Telling) -> list[dict[str, Any]]:
    """Return the channels, with what each of them tells."""
    return [
        {
            "name": one.name,
            "service": one.service,
            "target": one.target,
            "is_on": telling.choice(one.name).is_on,
            "min_severity": telling.choice(one.name).min_severity,
        }
        for one in found
    ]


def notifications(
    found: Sequence[ChannelInfo], telling: Telling, page: DeliveryPage, query: DeliveryQuery
) -> dict[str, Any]:
    """Return how people are told, and one page of what they were told."""
    return {
        "channels": channels(found, telling),
        "deliveries": [_delivery(one) for one in page.deliveries],
        "total": page.total,
        "page": query.page,
        "page_size": query.page_size,
        "cooldown_minutes": telling.cooldown_minutes,
    }


def telling(found: Sequence[ChannelInfo], said: Telling) -> dict[str, Any]:
    """Return what a person has set about notifications."""
    return {"channels": channels(found, said), "cooldown_minutes": said.cooldown_minutes}


def channel_test(result: ChannelTest) -> dict[str, Any]:
    """Return what happened to a test message."""
    return {"channel": result.channel, "sent": result.error is None, "error": result.error}


def health(snapshot: Snapshot, storage_problem: str | None) -> dict[str, Any]:
    """Return how all servers do; ``storage_problem`` is why the database is broken."""
    views = snapshot.servers.values()
    # A server that is paused counts in the total only.
    asked = [view for view in views if view.server.is_active]
    offline = sum(view.status is Status.OFFLINE for view in asked)
    alerts = len(snapshot.alerts)
    return {
        "status": _health(len(asked), offline, alerts, storage_problem),
        "servers": {
            view.server.url: {
                "url": view.server.url,
                "hostname": _hostname(view),
                "status": view.status,
            }
            for view in views
        },
        "total": len(views),
        "online": len(asked) - offline,
        "offline": offline,
        "alerts": alerts,
    }


def trial(tried: Trial) -> dict[str, Any]:
    """Return how a connection went, step by step."""
    return {
        "passed": tried.has_passed,
        "steps": [_trial_step(result) for result in tried.steps],
        "host_key": _shown_key(tried.host_key),
    }


def trial_news(result: StepResult, key: ShownKey | None) -> dict[str, Any]:
    """Return one step of a connection that is over, with the host key if one was shown."""
    return {"step": _trial_step(result), "host_key": _shown_key(key)}


def _trial_step(result: StepResult) -> dict[str, Any]:
    return {
        "name": result.step,
        "state": result.state,
        "detail": result.detail,
        "duration_seconds": result.duration_seconds,
    }


def _shown_key(key: ShownKey | None) -> dict[str, Any] | None:
    if key is None:
        return None
    return {
        "type": key.type,
        "fingerprint": key.fingerprint,
        "known": key.is_known,
        "acceptable": key.is_acceptable,
    }


def trend(past: Sequence[TrendPoint]) -> dict[str, Any]:
    """Return a server's recent past: time, CPU and memory percent, null in a gap."""
    return {"points": [_point(point) for point in past]}


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "state": one.state,
        "alert_type": one.kind,
        "event_id": one.event_id,
        "server_id": one.server_id,
        "server_url": one.server_url,
        "hostname": one.hostname,
        "severity": one.severity,
        "subject": one.subject,
        "message": one.message,
        "happened_at": stamp(one.happened_at),
        "attempts": one.attempts,
        "due_at": stamp(one.due_at) if one.is_open else None,
        "finished_at": stamp(one.finished_at) if one.finished_at else None,
        "last_error": one.last_error,
    }


def _health(asked: int, offline: int, alerts: int, storage_problem: str | None) -> Health:
    if storage_problem is not None or 0 < asked == offline:
        return Health.ERROR
    return Health.DEGRADED if offline or alerts else Health.OK


def _condition(view: ServerView) -> dict[str, Any]:
    return {
        "id": view.server.id,
        "name": view.server.name,
        "url": view.server.url,
        "status": view.status,
        "reason": view.reason,
        "last_error": view.last_error,
        "since": stamp(view.since),
        "missed_polls": view.missed_polls,
        "last_update": stamp(view.last_update),
    }


def _configuration(configured: Server) -> dict[str, Any]:
    return {
        "host": configured.host,
        "port": configured.port,
        "username": configured.username,
        "description": configured.description,
        "tags": ",".join(configured.tags),
        "is_active": configured.is_active,
        "location": configured.location,
        "latitude": configured.latitude,
        "longitude": configured.longitude,
        "created_at": stamp(configured.created_at) if configured.created_at else None,
        "updated_at": stamp(configured.updated_at) if configured.updated_at else None,
        "source": configured.source,
    }


def _jump(configured: Server) -> str:
    # Settings name it, and everybody else knows servers by their ids.
    return configured.hops[-1].id if configured.hops else configured.jump


def _hostname(view: ServerView) -> str:
    return (view.sample.hostname if view.sample else "") or view.server.name


def _point(point: TrendPoint) -> list[Any]:
    return [stamp(point.at), percent(point.cpu_percent), percent(point.memory_percent)]
