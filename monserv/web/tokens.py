"""What programs show: listed, made, revoked by whoever is logged in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response

from monserv.model.account import Token
from monserv.web import current, envelope, person, refusals
from monserv.web.resource import Resource
from monserv.web.words import counted
from monserv.wire import account_examples, examples
from monserv.wire import accounts as wire
from monserv.wire.schemas import accounts as schemas
from monserv.wire.schemas.resources import Error

_UNKNOWN = "There is no such token."
_NO_PERSON = "This is for a person who has logged in, and for no token."

tokens = Resource(
    "Tokens",
    __name__,
    url_prefix="/api/v1",
    description="What programs show instead of a password; one opens no more than its account.",
)


@tokens.get("/tokens")
@tokens.response(
    200,
    schemas.TokensAnswer,
    description="One's own tokens; all, for an admin",
    example=examples.answer({"tokens": [account_examples.TOKEN], "total": 1}, "1 token"),
)
@tokens.alt_response(
    403, schema=Error, description="A token asks", example=examples.failure(403, _NO_PERSON)
)
def list_tokens() -> Response:
    """List tokens, without their texts."""
    shown = wire.tokens(_visible(), current.accounts().directory)
    return envelope.success(shown, counted(shown["total"], "token"))


@tokens.post("/tokens")
@tokens.arguments(schemas.TokenToMake, location="json", as_kwargs=True)
@tokens.response(
    201,
    schemas.TokenAnswer,
    description="The token; its text is shown this once",
    example=examples.answer(account_examples.NEW_TOKEN, "Keep the token: it is shown only now"),
)
@tokens.alt_response(
    403, schema=Error, description="A token asks", example=examples.failure(403, _NO_PERSON)
)
@tokens.alt_response(
    409,
    schema=Error,
    description="There are too many tokens",
    example=examples.failure(409, "The account has 100 tokens; revoke those that nobody uses."),
)
@refusals.declared(tokens, 400, 413, 415, 503)
def make_token(**sent: Any) -> Response:
    """Make a token of whoever is logged in."""
    owner = person.account()
    accounts, days = current.accounts(), sent["days"]
    now = current.runtime().clock.now()
    expires_at = None if days is None else now + timedelta(days=days)
    tags = sent["tags"].split(",")
    made, text = accounts.registry.add_token(sent["name"], sent["scope"], tags, expires_at, owner)
    accounts.refresh()
    person.note("made the token %s (%s)", made.id, made.scope)
    shown = wire.new_token(made, text, accounts.directory)
    response = envelope.success(shown, "Keep the token: it is shown only now")
    response.status_code = 201
    return response


@tokens.delete("/tokens/<token_id>")
@tokens.response(
    200,
    schemas.DoneAnswer,
    description="The token is revoked, and its connections are closed",
    example=examples.answer(None, "The token is revoked"),
)
@tokens.alt_response(
    403, schema=Error, description="A token asks", example=examples.failure(403, _NO_PERSON)
)
@tokens.alt_response(
    404,
    schema=Error,
    description="There is no such token, or it is somebody else's",
    example=examples.failure(404, _UNKNOWN),
)
@refusals.declared(tokens, 503)
def revoke_token(token_id: str) -> Response:
    """Revoke a token: one's own, or any, for an admin."""
    found = next((one for one in _visible() if one.id == token_id), None)
    if found is None:
        return envelope.failure(404, _UNKNOWN)
    accounts = current.accounts()
    accounts.registry.remove_token(found)
    accounts.refresh()
    person.note("revoked the token %s", found.id)
    return envelope.success(None, "The token is revoked")


def _visible() -> list[Token]:
    """Return the tokens that whoever is logged in may see, oldest first."""
    own = person.account()
    found = current.accounts().directory.tokens.values()
    return [one for one in found if person.is_administrator() or one.account_id == own.id]
