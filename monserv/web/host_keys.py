"""The host keys of servers: what is known, what was refused, and accepting it."""

from __future__ import annotations

from typing import Any

from flask import Response

from monserv.errors import UnknownServer
from monserv.model.server import Server
from monserv.web import envelope
from monserv.web.current import access, runtime, snapshot
from monserv.web.refusals import declared
from monserv.web.resource import Resource
from monserv.wire import examples
from monserv.wire import host_keys as wire
from monserv.wire.resources import server as shown_server
from monserv.wire.schemas.answers import ServerAnswer
from monserv.wire.schemas.host_keys import AcceptedKey, HostKeyAnswer, Nothing

host_keys = Resource(
    "HostKeys",
    __name__,
    url_prefix="/api/v1",
    description="A host key that changed, or that strict mode does not know, is refused until a "
    "person who has compared its fingerprint accepts it.",
)
_KNOWN = {**examples.HOST_KEY, "state": "known", "explanation": "", "offered": None}


@host_keys.get("/servers/<server:server_id>/host-key")
@host_keys.response(
    200,
    HostKeyAnswer,
    description="The keys that are known, and the one that was refused",
    example=examples.answer(examples.HOST_KEY, "The host key of scadanas is changed"),
)
@declared(host_keys, 404, 409, 503)
def show_host_key(server_id: str) -> Response:
    """Show which host keys of a server are known, and which one it shows instead."""
    server = _seen(server_id)
    report = runtime().trust.show(server)
    message = f"The host key of {server.name} is {report.state}"
    return envelope.success(wire.report(server.id, report), message)


@host_keys.post("/servers/<server:server_id>/host-key/accept")
@host_keys.arguments(AcceptedKey, location="json", example={"fingerprint": examples.FINGERPRINT})
@host_keys.response(
    200,
    HostKeyAnswer,
    description="The key is trusted in place of those before, and the server is tried at once",
    example=examples.answer(_KNOWN, "The key is accepted, and scadanas is tried with it"),
)
@declared(host_keys, 400, 404, 409, 413, 415, 422, 503)
def accept_host_key(body: dict[str, Any], server_id: str) -> Response:
    """Accept the key that a server shows, when this is its fingerprint; else 409 names both."""
    server = _seen(server_id)
    report = runtime().trust.accept(server, body["fingerprint"], access())
    message = f"The key is accepted, and {server.name} is tried with it"
    return envelope.success(wire.report(server.id, report), message)


@host_keys.post("/servers/<server:server_id>/retry")
@host_keys.arguments(Nothing, location="json", example={})
@host_keys.response(
    202,
    ServerAnswer,
    description="The server as it is; a login is tried at once if it does not answer, whatever "
    "it has refused before",
    example=examples.answer(examples.SERVER, "scadanas is tried now"),
)
@declared(host_keys, 400, 404, 409, 413, 415, 422, 429)
def retry_server(_body: dict[str, Any], server_id: str) -> Response:
    """Try a server that does not answer now, and not when its next try is due."""
    view = snapshot().servers.get(server_id)
    if view is None:
        raise UnknownServer("No server has this id.")
    runtime().trust.retry(view.server)
    response = envelope.success(shown_server(view), f"{view.server.name} is tried now")
    response.status_code = 202
    return response


def _seen(server_id: str) -> Server:
    view = snapshot().servers.get(server_id)
    if view is None:
        raise UnknownServer("No server has this id.")
    return view.server
