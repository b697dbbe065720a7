"""Who asks; where that person is logged in, and with which password."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from monserv.model.account import Session
from monserv.model.secret import Secret
from monserv.web import current, envelope, person, refusals
from monserv.web.resource import Resource
from monserv.web.words import counted
from monserv.wire import account_examples, examples
from monserv.wire import accounts as wire
from monserv.wire.schemas import accounts as schemas
from monserv.wire.schemas.resources import Error

_UNKNOWN = "There is no such session."
_NO_PERSON = "This is for a person who has logged in, and for no token."

sessions = Resource(
    "Sessions",
    __name__,
    url_prefix="/api/v1",
    description="Who asks, and the log-ins of people.",
)


@sessions.get("/session")
@sessions.response(
    200,
    schemas.WhoeverAnswer,
    description="Whose credential was shown, and what it opens",
    example=examples.answer(account_examples.WHOEVER, "anna, admin"),
)
def show_session() -> Response:
    """Show who asks, and what pages send along with each change."""
    access = current.access()
    needed = current.runtime().settings.needs_login
    shown = wire.whoever(access, current.grant(), current.csrf_token(), login_needed=needed)
    return envelope.success(shown, f"{access.name or 'everybody'}, {access.role}")


@sessions.put("/session/password")
@sessions.arguments(schemas.PasswordChange, location="json", as_kwargs=True)
@sessions.response(
    200,
    schemas.DoneAnswer,
    description="The password is changed; all other sessions of this account have ended",
    example=examples.answer(None, "The password is changed"),
)
@sessions.alt_response(
    403,
    schema=Error,
    description="The current password is wrong, or a token asks",
    example=examples.failure(403, _NO_PERSON),
)
@sessions.alt_response(
    409,
    schema=Error,
    description="Somebody else has changed the password at this moment",
    example=examples.failure(409, "The password was changed meanwhile."),
)
@sessions.alt_response(
    429,
    schema=Error,
    description="Too many passwords were tried; Retry-After says when to try again",
    example=examples.failure(429, "Too many log-ins were tried; wait a little."),
)
@refusals.declared(sessions, 400, 413, 415, 503)
def change_password(**sent: Any) -> Response:
    """Change the password of whoever is logged in."""
    account, grant = person.account(), person.session()
    accounts = current.accounts()
    accounts.confirm(account, Secret(sent["current_password"]), request.remote_addr or "")
    accounts.registry.set_password(
        account, Secret(sent["new_password"]), kept=grant.id, instead_of_shown=True
    )
    accounts.refresh()
    person.note("changed their password")
    return envelope.success(None, "The password is changed")


@sessions.get("/sessions")
@sessions.response(
    200,
    schemas.SessionsAnswer,
    description="One's own sessions; all, for an admin",
    example=examples.answer({"sessions": [account_examples.SESSION], "total": 1}, "1 session"),
)
@sessions.alt_response(
    403, schema=Error, description="A token asks", example=examples.failure(403, _NO_PERSON)
)
def list_sessions() -> Response:
    """List where people are logged in."""
    own = person.session()
    accounts = current.accounts()
    found = [(one, accounts.last_used(one)) for one in _visible()]
    shown = wire.sessions(found, accounts.directory, own.id)
    return envelope.success(shown, counted(len(found), "session"))


@sessions.delete("/sessions/<session_id>")
@sessions.response(
    200,
    schemas.DoneAnswer,
    description="The session has ended, and its connections are closed",
    example=examples.answer(None, "The session has ended"),
)
@sessions.alt_response(
    403, schema=Error, description="A token asks", example=examples.failure(403, _NO_PERSON)
)
@sessions.alt_response(
    404,
    schema=Error,
    description="There is no such session, or it is somebody else's",
    example=examples.failure(404, _UNKNOWN),
)
@refusals.declared(sessions, 503)
def end_session(session_id: str) -> Response:
    """Log somebody out: one's own session, or any, for an admin."""
    if session_id not in {one.id for one in _visible()}:
        return envelope.failure(404, _UNKNOWN)
    accounts = current.accounts()
    accounts.registry.remove_session(session_id)
    accounts.refresh()
    person.note("ended the session %s", session_id)
    return envelope.success(None, "The session has ended")


def _visible() -> list[Session]:
    """Return the sessions that whoever is logged in may see, newest first."""
    own = person.account()
    found = current.accounts().directory.sessions.values()
    mine = [one for one in found if person.is_administrator() or one.account_id == own.id]
    return sorted(mine, key=lambda one: one.created_at, reverse=True)
