"""``/ws``: the handshake is judged here, then the hub has the socket.

simple-websocket, through Flask-Sock, answers the handshake and does nothing
else: its reading thread never starts, and it writes through the hub's guard.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

from flask import Blueprint, Response, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState
from flask_sock import Sock
from simple_websocket import Server

from monserv.model.settings import Settings
from monserv.stream import handshake
from monserv.stream.frames import CloseCode
from monserv.stream.handshake import Refusal
from monserv.stream.hub import Hub
from monserv.web.guard import origin_allowed

PATH = "/ws"
_RETRY_AFTER_SECONDS = 10
_LOG = logging.getLogger(__name__)

live = Blueprint("live", __name__)
_sock = Sock()


class _Runtime(Protocol):
    """What of the runtime is needed here."""

    hub: Hub
    settings: Settings


class _NoThread:
    """Stands in for the thread in which simple-websocket would read; never runs."""

    def __init__(self, **_options: Any) -> None:
        self.name = ""

    def start(self) -> None:
        """Start nothing: the hub reads."""


@live.record_once
def _configure(state: BlueprintSetupState) -> None:
    state.app.config["SOCK_SERVER_OPTIONS"] = {"thread_class": _NoThread}


@live.before_app_request
def _judge() -> Response | None:
    """Answer what may not become a WebSocket, before simple-websocket sees it.

    It runs for the whole application, since a request without Upgrade matches no
    WebSocket route and would be answered by the router.
    """
    if request.path != PATH:
        return None
    refusal = handshake.refusal(request.environ) or _refuse_caller()
    if refusal is not None:
        return _answer(refusal)
    environ = request.environ
    environ["gunicorn.socket"] = _runtime().hub.guard(environ["gunicorn.socket"])
    handshake.reduce(environ)
    return None


@_sock.route(PATH, bp=live)
def _serve(connection: Server) -> None:
    guard = connection.sock
    try:
        _runtime().hub.serve(guard, request.remote_addr or "")
    except Exception:  # noqa: BLE001 -- after the handshake an HTTP 500 would land in the stream
        _LOG.exception("serving a WebSocket client failed")
        guard.send_close(CloseCode.INTERNAL_ERROR, "internal error")
        guard.hang_up()
    finally:
        connection.connected = False  # the close was said; Flask-Sock must not say another


def _refuse_caller() -> Refusal | None:
    if not origin_allowed(request.headers, _runtime().settings):
        return Refusal(403, "This origin may not connect; ALLOWED_ORIGINS names those that may.")
    if not _runtime().hub.has_room(request.remote_addr or ""):
        retry = (("Retry-After", str(_RETRY_AFTER_SECONDS)),)
        return Refusal(503, "Too many WebSocket clients; try again later.", retry)
    if "gunicorn.socket" not in request.environ:
        return Refusal(501, "WebSockets need gunicorn's gevent worker; start with wsgi.py.")
    return None


def _answer(refusal: Refusal) -> Response:
    response = jsonify(success=False, error=refusal.text, code=refusal.status)
    response.status_code = refusal.status
    response.headers.extend(refusal.headers)
    return response


def _runtime() -> _Runtime:
    runtime: _Runtime = current_app.extensions["monserv"]
    return runtime
