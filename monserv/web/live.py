"""``/ws``: the handshake is judged here, then the hub has the socket.

Host and Origin were judged before, by ``guard``, as for every request.
simple-websocket, through Flask-Sock, answers the handshake and does nothing
else: its reading thread never starts, and it writes through the hub's one writer.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from flask_sock import Sock
from simple_websocket import Server

from monserv.stream import extension, handshake
from monserv.stream.frames import CloseCode
from monserv.stream.handshake import Refusal
from monserv.stream.subscriber import SUBPROTOCOL
from monserv.web import envelope
from monserv.web.current import access, runtime

PATH = "/ws"
_RETRY_AFTER_SECONDS = 10
_LOG = logging.getLogger(__name__)

live = Blueprint("live", __name__)
_sock = Sock()


class NoThread:
    """Stands in for the thread in which simple-websocket would read; never runs."""

    def __init__(self, **_options: Any) -> None:
        self.name = ""

    def start(self) -> None:
        """Start nothing: the hub reads."""


class _Gone(Exception):  # noqa: N818 -- no error: it ends the view in place of an answer
    """The client is gone, and there is nobody left to be answered.

    Flask-Sock would make a class for the answer to each client, and those are freed by
    the search for garbage alone.
    """


class _NoAnswer(Response):
    """Tells gunicorn that the socket has been used up."""

    def __call__(self, *_request: Any) -> Any:
        raise StopIteration


@live.app_errorhandler(_Gone)
def _end(_gone: _Gone) -> Response:
    return _NoAnswer()


@live.record_once
def _configure(state: BlueprintSetupState) -> None:
    state.app.config["SOCK_SERVER_OPTIONS"] = {
        "thread_class": NoThread,
        "subprotocols": [SUBPROTOCOL],
    }


@live.before_app_request
def _judge() -> Response | None:
    """Answer what may not become a WebSocket, before simple-websocket sees it.

    It runs for the whole application, since a request without Upgrade matches no
    WebSocket route and would be answered by the router.
    """
    if request.path != PATH:
        return None
    refusal = handshake.refusal(request.environ) or _no_place()
    if refusal is not None:
        return _answer(refusal)
    environ = request.environ
    may_chain = handshake.offers(environ, SUBPROTOCOL)
    agreement = extension.agree(environ.get(handshake.EXTENSIONS, ""), may_chain=may_chain)
    environ["gunicorn.socket"] = runtime().hub.guard(environ["gunicorn.socket"], agreement.form)
    handshake.reduce(environ, SUBPROTOCOL, agreement.header)
    return None


def _serve(connection: Server) -> None:
    client_socket, who = connection.sock, access()
    # What answered the handshake has done its work, and is large.
    connection.ws = None
    address, hub = request.remote_addr or "", runtime().hub
    try:
        if connection.subprotocol == SUBPROTOCOL:
            hub.serve_subscriber(client_socket, address, view=who.tags, credential=who.credential)
        else:
            hub.serve(
                client_socket,
                address,
                runtime().greeting(who.tags),
                view=who.tags,
                credential=who.credential,
            )
    except Exception:  # noqa: BLE001 -- after the handshake an HTTP 500 would land in the stream
        _LOG.exception("serving a WebSocket client failed")
        client_socket.send_close(CloseCode.INTERNAL_ERROR, "internal error")
        client_socket.hang_up()
    raise _Gone


_sock.route(PATH, bp=live)(_serve)


def _no_place() -> Refusal | None:
    if not runtime().hub.has_room(request.remote_addr or ""):
        retry = (("Retry-After", str(_RETRY_AFTER_SECONDS)),)
        return Refusal(503, "Too many WebSocket clients; try again later.", retry)
    if "gunicorn.socket" not in request.environ:
        return Refusal(501, "WebSockets need gunicorn's gevent worker; start with wsgi.py.")
    return None


def _answer(refusal: Refusal) -> Response:
    response = envelope.failure(refusal.status, refusal.text)
    response.headers.extend(refusal.headers)
    return response
