"""``/api/v1/sse/dashboard``: the answer begins here, then the hub has the socket.

The headers are those that every answer gets, so they are written when Flask is
done with them, and not in the view.
"""

from __future__ import annotations

import logging
import random
from typing import Any

from flask import Response, request
from werkzeug.http import http_date

from monserv.stream import events
from monserv.stream.forms import EVENT_STREAM
from monserv.stream.socket import ClientSocket
from monserv.web import description, envelope
from monserv.web.current import access, runtime
from monserv.web.resource import Resource
from monserv.wire import examples
from monserv.wire.schemas.resources import Error

CONTENT_TYPE = "text/event-stream"
_LOG = logging.getLogger(__name__)
_SOCKET = "gunicorn.socket"
_FULL = "Too many clients listen; try again later."
_RETRY_AFTER_SECONDS = 10
# All readers lose their connection at once when monserv stops, and not all are to
# come back at once.
_RETRY_MILLISECONDS = 2000
_RETRY_JITTER_MILLISECONDS = 4000

sse = Resource(
    "Events",
    __name__,
    url_prefix="/api/v1/sse",
    description="The dashboard as server-sent events, for `EventSource`.",
)


class _Stream(Response):
    """An answer without an end: the hub writes it until its reader is gone."""

    automatically_set_content_length = False

    def __call__(self, environ: Any, _start_response: Any) -> Any:
        client_socket = runtime().hub.guard(environ[_SOCKET], EVENT_STREAM)
        client_socket.send(self._head(environ) + _retry())
        try:
            _serve(client_socket)
        except Exception:  # noqa: BLE001 -- an HTTP 500 would land in the stream
            _LOG.exception("serving a reader of events failed")
            client_socket.hang_up()
        # gunicorn's word for: the connection is done with.
        raise StopIteration

    def _head(self, environ: Any) -> bytes:
        protocol = "HTTP/1.0" if environ.get("SERVER_PROTOCOL") == "HTTP/1.0" else "HTTP/1.1"
        headers = [
            *self.get_wsgi_headers(environ),
            ("Date", http_date(runtime().clock.now())),
            ("Connection", "close"),
        ]
        lines = [f"{protocol} {self.status}", *(f"{name}: {text}" for name, text in headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@sse.get("/dashboard")
@sse.response(
    200,
    description.EVENT,
    content_type=CONTENT_TYPE,
    description=description.EVENTS,
    example=examples.DASHBOARD_EVENT,
)
@sse.alt_response(
    503,
    schema=Error,
    description="Too many clients; Retry-After says when to try again",
    example=examples.failure(503, _FULL),
)
def stream_dashboard() -> Response:
    """Send the dashboard at once, then once an interval and with each alert."""
    if request.method == "HEAD":
        return _dressed(Response())
    if _SOCKET not in request.environ:
        # Nobody hands over the connection here: one event, and the reader asks again.
        return _dressed(Response(_retry() + (_greeting() or b"")))
    if not runtime().hub.has_room(request.remote_addr or ""):
        refusal = envelope.failure(503, _FULL)
        refusal.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
        return refusal
    return _dressed(_Stream())


def _dressed(answer: Response) -> Response:
    answer.content_type = CONTENT_TYPE
    # Neither a proxy's buffer nor its compression may hold an event back.
    answer.headers["Cache-Control"] = "no-store, no-transform"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _serve(client_socket: ClientSocket) -> None:
    who = access()
    runtime().hub.serve(
        client_socket,
        request.remote_addr or "",
        _greeting(),
        view=who.tags,
        credential=who.credential,
    )


def _greeting() -> bytes | None:
    return runtime().dashboards.greeting(access().tags, request.headers.get("Last-Event-ID", ""))


def _retry() -> bytes:
    jitter = random.randrange(_RETRY_JITTER_MILLISECONDS)  # noqa: S311 -- spreads, hides nothing
    return events.retry(_RETRY_MILLISECONDS + jitter)
