"""Adding, changing, pausing and removing servers."""

from __future__ import annotations

from typing import Any

from flask import Response

from monserv.errors import TrialsBusy, UnknownServer
from monserv.model.changes import Changes
from monserv.model.server import Server
from monserv.model.trial import StepState
from monserv.web import envelope
from monserv.web.current import access, runtime, snapshot
from monserv.web.refusals import declared
from monserv.web.resource import Resource
from monserv.web.words import sentence
from monserv.wire import examples, resources
from monserv.wire.schemas.answers import RemovedAnswer, ServerAnswer, TrialAnswer
from monserv.wire.schemas.forms import NewServer, ServerChanges, TrialForm

PREFIX = "/api/v1"
RETRY_SECONDS = 2

managing = Resource(
    "Managing",
    __name__,
    url_prefix=PREFIX,
    description="Servers are added, changed, paused and removed here, while monserv runs. "
    "Those from the setting SERVERS are changed there, and only paused here.",
)


@managing.post("/servers")
@managing.arguments(NewServer, location="json", example=examples.NEW_SERVER)
@managing.response(
    201,
    ServerAnswer,
    description="The server, which is polled from now on",
    example=examples.answer(examples.SERVER, "scadanas is watched from now on"),
)
@declared(managing, 400, 403, 409, 413, 415, 422, 503)
def add_server(changes: Changes) -> Response:
    """Watch another server."""
    server = runtime().inventory.add(changes, access())
    response = _shown(server, f"{server.name} is watched from now on")
    response.status_code = 201
    response.headers["Location"] = f"{PREFIX}/servers/{server.id}"
    return response


@managing.post("/servers/test")
@managing.arguments(TrialForm, location="json", example=examples.NEW_SERVER)
@managing.response(
    200,
    TrialAnswer,
    description="How the connection went; nothing is stored and no host key pinned",
    example=examples.answer(examples.TRIAL, "The server refused the password."),
)
@declared(managing, 400, 404, 413, 415, 422, 429)
def test_server(form: tuple[str | None, Changes]) -> Response:
    """Try to reach a server, once: a new one, or by its id with the password that is stored."""
    server_id, changes = form
    server = runtime().inventory.preview(changes, access(), server_id)
    try:
        tried = runtime().trials.run(server)
    except TrialsBusy as error:
        response = envelope.failure(429, sentence(str(error)))
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    failed = [one.detail for one in tried.steps if one.state is StepState.FAILED]
    message = failed[0] if failed else "The server can be watched"
    return envelope.success(resources.trial(tried), message)


@managing.put("/servers/<server:server_id>")
@managing.arguments(ServerChanges, location="json", example={"tags": "prod,berlin"})
@managing.response(
    200,
    ServerAnswer,
    description="The server as it is now",
    example=examples.answer(examples.SERVER, "scadanas is changed"),
)
@declared(managing, 400, 403, 404, 409, 413, 415, 422, 503)
def change_server(changes: Changes, server_id: str) -> Response:
    """Change a server; what is absent stays as it is, the password too."""
    server = runtime().inventory.change(server_id, changes, access())
    return _shown(server, f"{server.name} is changed")


@managing.delete("/servers/<server:server_id>")
@managing.response(
    200,
    RemovedAnswer,
    description="The server is gone; its open alerts close, its history stays",
    example=examples.answer({"id": "scadanas"}, "scadanas is no longer watched"),
)
@declared(managing, 404, 409, 503)
def remove_server(server_id: str) -> Response:
    """Watch a server no longer, and forget its password."""
    server = runtime().inventory.remove(server_id, access())
    return envelope.success({"id": server.id}, f"{server.name} is no longer watched")


@managing.patch("/servers/<server:server_id>/toggle")
@managing.response(
    200,
    ServerAnswer,
    description="The server, paused or polled again",
    example=examples.answer(examples.SERVER, "scadanas is polled again"),
)
@declared(managing, 404, 503)
def toggle_server(server_id: str) -> Response:
    """Pause a server, or go on with it; also one from settings, across restarts."""
    server = runtime().inventory.toggle(server_id, access())
    return _shown(server, f"{server.name} is {'polled again' if server.is_active else 'paused'}")


def _shown(server: Server, message: str) -> Response:
    view: Any = snapshot().servers.get(server.id)
    if view is None:
        # Somebody else was quicker.
        raise UnknownServer("The server has been removed meanwhile.")
    return envelope.success(resources.server(view), message)
