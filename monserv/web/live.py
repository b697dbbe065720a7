"""``/ws``: the handshake is judged here, then the hub has the socket.

Host and Origin were judged before, by ``guard``, as for every request. Whom ``arrivals`` does
not let in comes this way: Flask-Sock finds the view; what it would open, simple-websocket's
server, is not opened, since the handshake is judged already.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flask_sock
from flask import Blueprint, Response, request
from flask_sock import Sock

from monserv.model.access import Access
from monserv.runtime import Runtime
from monserv.stream import extension, handshake
from monserv.stream.frames import CloseCode
from monserv.stream.handshake import Refusal
from monserv.stream.hub import Hub
from monserv.stream.socket import ClientSocket
from monserv.stream.subscriber import SUBPROTOCOL
from monserv.web import envelope
from monserv.web.current import access, runtime

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/ws"
_RETRY_AFTER_SECONDS = 10
_LOG = logging.getLogger(__name__)
SOCKET = "gunicorn.socket"
# What is agreed on, in the request's environment.
_AGREED = "monserv.agreed"

live = Blueprint("live", __name__)
_sock = Sock()


@dataclass(frozen=True, slots=True)
class Agreed:
    """A client whose handshake is well: its socket, what it speaks, and the answer to it."""

    socket: ClientSocket
    is_subscriber: bool
    answer: bytes


class _Connection:
    """What Flask-Sock opens: nothing that is not there already."""

    def __init__(self, environ: WSGIEnvironment, **_options: Any) -> None:
        self.agreed: Agreed = environ.pop(_AGREED)


# By this name Flask-Sock opens what it calls a view with.
flask_sock.Server = _Connection


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


@live.before_app_request
def _judge() -> Response | None:
    """Answer what may not become a WebSocket, and agree with what may.

    It runs for the whole application, since a request without Upgrade matches no
    WebSocket route and would be answered by the router.
    """
    if request.path != PATH:
        return None
    refusal = handshake.refusal(request.environ) or _no_place()
    if refusal is not None:
        return _answer(refusal)
    request.environ[_AGREED] = agree(request.environ, runtime().hub)
    return None


def agree(environ: WSGIEnvironment, hub: Hub) -> Agreed:
    """Return what a handshake leads to that nothing speaks against; its headers are gone then."""
    is_subscriber = handshake.offers(environ, SUBPROTOCOL)
    offers = environ.get(handshake.EXTENSIONS, "")
    agreement = extension.agree(offers, may_chain=is_subscriber)
    subprotocol = SUBPROTOCOL if is_subscriber else ""
    answer = handshake.answer(environ, subprotocol, agreement.header)
    handshake.forget(environ)
    return Agreed(hub.guard(environ[SOCKET], agreement.form), is_subscriber, answer)


def serve(running: Runtime, agreed: Agreed, address: str, who: Access) -> None:
    """Answer a handshake, and serve its client until it is gone."""
    client_socket, hub = agreed.socket, running.hub
    client_socket.send(agreed.answer)
    try:
        if agreed.is_subscriber:
            hub.serve_subscriber(client_socket, address, view=who.tags, credential=who.credential)
        else:
            hub.serve(
                client_socket,
                address,
                running.greeting(who.tags),
                view=who.tags,
                credential=who.credential,
            )
    except Exception:  # noqa: BLE001 -- after the handshake an HTTP 500 would land in the stream
        _LOG.exception("serving a WebSocket client failed")
        client_socket.send_close(CloseCode.INTERNAL_ERROR, "internal error")
        client_socket.hang_up()


def _serve(connection: _Connection) -> None:
    serve(runtime(), connection.agreed, request.remote_addr or "", access())
    raise _Gone


_sock.route(PATH, bp=live)(_serve)


def _no_place() -> Refusal | None:
    if not runtime().hub.has_room(request.remote_addr or ""):
        retry = (("Retry-After", str(_RETRY_AFTER_SECONDS)),)
        return Refusal(503, "Too many WebSocket clients; try again later.", retry)
    if SOCKET not in request.environ:
        return Refusal(501, "WebSockets need gunicorn's gevent worker; start with wsgi.py.")
    return None


def _answer(refusal: Refusal) -> Response:
    response = envelope.failure(refusal.status, refusal.text)
    response.headers.extend(refusal.headers)
    return response
