"""Adding, changing, pausing and removing servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response
from marshmallow import EXCLUDE

from monserv.errors import TrialsBusy, UnknownServer
from monserv.model.changes import Changes
from monserv.model.server import Server
from monserv.model.trial import StepState, Trial
from monserv.poll.attended import Attended
from monserv.web import envelope
from monserv.web.current import access, runtime, snapshot
from monserv.web.refusals import declared
from monserv.web.resource import Resource
from monserv.web.words import sentence
from monserv.wire import examples, resources
from monserv.wire.encoding import encode
from monserv.wire.schemas.answers import RemovedAnswer, ServerAnswer, TrialAnswer
from monserv.wire.schemas.filters import Undo
from monserv.wire.schemas.forms import NewServer, ServerChanges, TrialForm
from monserv.wire.schemas.host_keys import Nothing
from monserv.wire.schemas.resources import TrialNews

PREFIX = "/api/v1"
RETRY_SECONDS = 2
LINES = "application/x-ndjson"
# How soon it shows that nobody reads any more.
BREATH_SECONDS = 1.0

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
    _vouch(changes)
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
    vouched = changes.pop("host_key", "")
    server = runtime().inventory.preview(changes, access(), server_id)
    try:
        tried = runtime().trials.run(server, vouched=vouched)
    except TrialsBusy as error:
        return _busy(error)
    return envelope.success(resources.trial(tried), _verdict(tried))


@managing.post("/servers/test/steps")
@managing.arguments(TrialForm, location="json", example=examples.NEW_SERVER)
@managing.response(
    200,
    TrialNews,
    content_type=LINES,
    description="A line of JSON for each step as soon as it is over, and at the end the whole. "
    "An empty line comes now and then; whoever hangs up stops the test",
    example=examples.TRIAL_NEWS,
)
@declared(managing, 400, 404, 413, 415, 422, 429)
def follow_test(form: tuple[str | None, Changes]) -> Response:
    """Try to reach a server as `/servers/test` does, and tell of each step as it goes."""
    server_id, changes = form
    vouched = changes.pop("host_key", "")
    server = runtime().inventory.preview(changes, access(), server_id)
    try:
        attended = runtime().trials.attend(server, vouched)
    except TrialsBusy as error:
        return _busy(error)
    response = Response(_lines(attended), content_type=LINES)
    # Neither a proxy's buffer nor its compression may hold a line back.
    response.headers["Cache-Control"] = "no-store, no-transform"
    response.headers["X-Accel-Buffering"] = "no"
    return response


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
    _vouch(changes, server_id)
    server = runtime().inventory.change(server_id, changes, access())
    return _shown(server, f"{server.name} is changed")


@managing.delete("/servers/<server:server_id>")
@managing.arguments(Undo, location="query", as_kwargs=True, unknown=EXCLUDE)
@managing.response(
    200,
    RemovedAnswer,
    description="The server is gone; its open alerts close, its history stays",
    example=examples.answer({"id": "scadanas"}, "scadanas is no longer watched"),
)
@declared(managing, 404, 409, 422, 503)
def remove_server(server_id: str, undo_seconds: int) -> Response:
    """Watch a server no longer, and forget its password."""
    server = runtime().inventory.remove(server_id, access(), float(undo_seconds))
    return envelope.success({"id": server.id}, f"{server.name} is no longer watched")


@managing.post("/servers/<server:server_id>/restore")
@managing.arguments(Nothing, location="json", example={})
@managing.response(
    200,
    ServerAnswer,
    description="The server, watched again as it was before it was removed",
    example=examples.answer(examples.SERVER, "scadanas is watched again"),
)
@declared(managing, 400, 404, 413, 415, 422, 503)
def restore_server(_body: dict[str, Any], server_id: str) -> Response:
    """Bring back a server that was removed with `undo_seconds`, as long as they last."""
    server = runtime().inventory.bring_back(server_id, access())
    return _shown(server, f"{server.name} is watched again")


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


def _vouch(changes: Changes, server_id: str | None = None) -> None:
    """Trust the host key that a person has accepted, before anything is sent to the server."""
    fingerprint = changes.pop("host_key", "")
    if fingerprint:
        server = runtime().inventory.preview(changes, access(), server_id)
        runtime().trust.vouch(server, fingerprint, access())


def _lines(attended: Attended) -> Iterator[bytes]:
    """Give the lines of a test; it ends with whoever reads them."""
    try:
        while not attended.is_over:
            match attended.next(BREATH_SECONDS):
                case None:
                    # Writing is what shows that a reader is gone.
                    yield b"\n"
                case Trial() as tried:
                    told = {"trial": resources.trial(tried), "message": _verdict(tried)}
                    yield encode(told) + b"\n"
                case (result, key):
                    yield encode(resources.trial_news(result, key)) + b"\n"
    finally:
        attended.stop()


def _verdict(tried: Trial) -> str:
    failed = [one.detail for one in tried.steps if one.state is StepState.FAILED]
    return failed[0] if failed else "The server can be watched"


def _busy(error: TrialsBusy) -> Response:
    response = envelope.failure(429, sentence(str(error)))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _shown(server: Server, message: str) -> Response:
    view: Any = snapshot().servers.get(server.id)
    if view is None:
        # Somebody else was quicker.
        raise UnknownServer("The server has been removed meanwhile.")
    return envelope.success(resources.server(view), message)
