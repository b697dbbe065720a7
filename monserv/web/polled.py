"""What everybody asks for again and again, encoded once for all who see the same."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, Response, current_app, request
from flask_smorest import Blueprint

from monserv.feed import seeing
from monserv.model.snapshot import Snapshot
from monserv.runtime import Runtime
from monserv.web import current
from monserv.web.prepared import Prepared, Shelf
from monserv.web.words import counted, summary
from monserv.wire import legacy, resources
from monserv.wire.encoding import encode

# How the description says so.
HEADERS = {"ETag": {"schema": {"type": "string"}, "description": "Changes with what is shown"}}
_EXTENSION = "monserv.polled"
_DEPENDS_ON = ("Accept-Encoding", "Authorization", "Cookie")
# The addresses, and the endpoints of their views.
PATHS = {
    "/api/state": "State.show_state",
    "/api/v1/servers": "Servers.list_servers",
    "/api/v1/alerts/active": "Alerts.list_active_alerts",
    "/api/v1/health": "Health.show_health",
}


@dataclass(frozen=True, slots=True)
class _Document:
    """How one answer is encoded; ``besides`` is what it depends on beside the state."""

    encode: Callable[[Runtime, Snapshot], bytes]
    besides: Callable[[Runtime], Hashable]


class Polled:
    """The answers at ``PATHS``; safe for threads."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._shelves = {endpoint: Shelf() for endpoint in _DOCUMENTS}
        # A cache must not give one page's answer to another.
        origin = ("Origin",) if runtime.settings.allowed_origins else ()
        self._vary = ", ".join((*_DEPENDS_ON, *origin))

    def prepared(self, endpoint: str, tags: frozenset[str]) -> Prepared:
        """Return what the servers with ``tags`` look like there; without any, all servers."""
        snapshot = self._runtime.state.snapshot()
        document = _DOCUMENTS[endpoint]
        besides = document.besides(self._runtime)
        version = (self._runtime.epoch, snapshot.version, besides)

        def make() -> Prepared:
            body = document.encode(self._runtime, snapshot.seen_by(seeing(tags)))
            return Prepared(body, _tag(*version, tags), self._vary)

        return self._shelves[endpoint].get(version, tags, make)


def register(app: Flask, runtime: Runtime) -> Polled:
    """Let the views of ``app`` answer with what is returned."""
    polled: Polled = app.extensions.setdefault(_EXTENSION, Polled(runtime))
    return polled


def or_unchanged(blueprint: Blueprint) -> Callable[[Any], Any]:
    """Return a decorator that describes what who has the answer already gets."""
    described: Callable[[Any], Any] = blueprint.alt_response(
        304, description="Nothing has changed since the ETag in If-None-Match"
    )
    return described


def response() -> Response:
    """Return the answer to this request, which is for one of ``PATHS``."""
    polled: Polled = current_app.extensions[_EXTENSION]
    prepared = polled.prepared(request.endpoint or "", current.access().tags)
    answer = prepared.answer(request.environ)
    return Response(answer.body, answer.status, list(answer.headers))


def _tag(epoch: str, version: int, besides: Hashable, tags: frozenset[str]) -> str:
    """Return what tells this answer from all others; it tells nobody what tags there are."""
    more = zlib.crc32(encode([repr(besides), sorted(tags)]))
    return f"{epoch}-{version}-{more:08x}"


def _state(runtime: Runtime, seen: Snapshot) -> bytes:
    return legacy.encode(seen, runtime.records.server)


def _servers(runtime: Runtime, seen: Snapshot) -> bytes:
    shown = resources.servers(seen, runtime.dashboards.rows.server)
    return encode(resources.success(shown, counted(shown["total"], "server")))


def _alerts(runtime: Runtime, seen: Snapshot) -> bytes:
    is_recorded = runtime.journal.is_recorded
    active = [replace(alert, recorded=is_recorded(alert.event_id)) for alert in seen.alerts]
    shown = [resources.alert(alert) for alert in active]
    return encode(resources.success(shown, counted(len(active), "active alert")))


def _health(runtime: Runtime, seen: Snapshot) -> bytes:
    problem = runtime.journal.problem()
    message = summary(seen) if problem is None else f"{summary(seen)}. {problem}"
    return encode(resources.success(resources.health(seen, problem), message))


def _nothing(_runtime: Runtime) -> None:
    return None


_DOCUMENTS = {
    "State.show_state": _Document(_state, _nothing),
    "Servers.list_servers": _Document(_servers, _nothing),
    "Alerts.list_active_alerts": _Document(_alerts, lambda runtime: runtime.journal.revision),
    "Health.show_health": _Document(_health, lambda runtime: runtime.journal.problem()),
}
