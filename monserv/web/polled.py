"""The answers that everybody asks for again and again, ready for each view."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Flask, Response, current_app, request
from flask_smorest import Blueprint

from monserv.feed import seeing
from monserv.model.snapshot import ServerView
from monserv.runtime import Runtime
from monserv.stream.client import View
from monserv.web import current
from monserv.web.documents import DOCUMENTS, Key
from monserv.web.prepared import Prepared, Shelf
from monserv.wire.encoding import encode

# The addresses, and the endpoints of their views.
PATHS = {
    "/api/state": "State.show_state",
    "/api/v1/servers": "Servers.list_servers",
    "/api/v1/alerts/active": "Alerts.list_active_alerts",
    "/api/v1/health": "Health.show_health",
    "/api/v1/trends": "Trends.list_trends",
}
# How the description says so.
HEADERS = {"ETag": {"schema": {"type": "string"}, "description": "Changes with what is shown"}}
_EXTENSION = "monserv.polled"
_DEPENDS_ON = ("Accept-Encoding", "Authorization", "Cookie")


class Polled:
    """What is shown at ``PATHS``; safe for threads."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._shelves = {endpoint: Shelf() for endpoint in DOCUMENTS}
        # A cache must not give one page's answer to another.
        origin = ("Origin",) if runtime.settings.allowed_origins else ()
        self._vary = ", ".join((*_DEPENDS_ON, *origin))

    def prepared(self, endpoint: str, tags: View) -> Prepared:
        """Return what the servers with ``tags`` look like there; without any, all servers."""
        snapshot = self._runtime.state.snapshot()
        document, epoch = DOCUMENTS[endpoint], self._runtime.epoch
        key = document.key(self._runtime, snapshot, tags)

        def make() -> Prepared:
            body = document.encode(self._runtime, snapshot.seen_by(seeing(tags)))
            return Prepared(body, _tag(epoch, key), self._vary)

        return self._shelves[endpoint].get((epoch, key.number, key.details), key.view, make)

    def about(self, endpoint: str, servers: Mapping[str, ServerView]) -> Prepared:
        """Return what some servers look like there, which nobody else will ask for."""
        some = replace(self._runtime.state.snapshot(), servers=servers)
        body = DOCUMENTS[endpoint].encode(self._runtime, some)
        return Prepared(body, hashlib.blake2b(body, digest_size=16).hexdigest(), self._vary)


def register(app: Flask, runtime: Runtime) -> Polled:
    """Let the views of ``app`` answer with what is returned."""
    polled = app.extensions[_EXTENSION] = Polled(runtime)
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


def about(servers: Mapping[str, ServerView]) -> Response:
    """Return the answer to this request about these servers alone, made for it."""
    polled: Polled = current_app.extensions[_EXTENSION]
    answer = polled.about(request.endpoint or "", servers).answer(request.environ)
    return Response(answer.body, answer.status, list(answer.headers))


def _tag(epoch: str, key: Key) -> str:
    """Return what tells this answer from all others; it tells nobody what tags there are."""
    more = zlib.crc32(encode([repr(key.details), key.view]))
    return f"{epoch}-{key.number}-{more:08x}"
