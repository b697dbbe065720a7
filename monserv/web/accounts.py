"""Who may log in: listed, made, changed and removed by an admin who has logged in."""

from __future__ import annotations

from typing import Any

from flask import Response

from monserv.errors import UnknownAccount
from monserv.model.account import Account
from monserv.model.secret import Secret
from monserv.web import current, envelope, person, refusals
from monserv.web.resource import Resource
from monserv.web.words import counted
from monserv.wire import account_examples, examples
from monserv.wire import accounts as wire
from monserv.wire.schemas import accounts as schemas
from monserv.wire.schemas.resources import Error

_NO_ADMIN = "This needs the role admin; yours is operator."
_UNKNOWN = "There is no such account."
_LAST = "This is the last admin; make another one first."

accounts = Resource(
    "Accounts",
    __name__,
    url_prefix="/api/v1",
    description="Who may log in. Only an admin who has logged in manages accounts, no token.",
)


@accounts.get("/accounts")
@accounts.response(
    200,
    schemas.AccountsAnswer,
    description="All accounts, by name",
    example=examples.answer({"accounts": [account_examples.ACCOUNT], "total": 1}, "1 account"),
)
@accounts.alt_response(
    403, schema=Error, description="No admin asks", example=examples.failure(403, _NO_ADMIN)
)
def list_accounts() -> Response:
    """List all accounts."""
    shown = wire.accounts(current.accounts().directory.accounts.values())
    return envelope.success(shown, counted(shown["total"], "account"))


@accounts.post("/accounts")
@accounts.arguments(schemas.AccountToMake, location="json", as_kwargs=True)
@accounts.response(
    201,
    schemas.AccountAnswer,
    description="The account",
    example=examples.answer(account_examples.ACCOUNT, "anna can log in"),
)
@accounts.alt_response(
    403, schema=Error, description="No admin asks", example=examples.failure(403, _NO_ADMIN)
)
@accounts.alt_response(
    409,
    schema=Error,
    description="The name is taken",
    example=examples.failure(409, "There is an account named anna already."),
)
@refusals.declared(accounts, 400, 413, 415, 503)
def make_account(**sent: Any) -> Response:
    """Make an account."""
    known, tags = current.accounts(), sent["tags"].split(",")
    made = known.registry.add_account(sent["name"], Secret(sent["password"]), sent["role"], tags)
    known.refresh()
    person.note("made the account %s (%s)", made.name, made.role)
    response = envelope.success(wire.account(made), f"{made.name} can log in")
    response.status_code = 201
    return response


@accounts.put("/accounts/<account_id>")
@accounts.arguments(schemas.AccountChange, location="json", as_kwargs=True)
@accounts.response(
    200,
    schemas.AccountAnswer,
    description="The account as it is now; what it had opened before is closed",
    example=examples.answer(account_examples.ACCOUNT, "anna is changed"),
)
@accounts.alt_response(
    403, schema=Error, description="No admin asks", example=examples.failure(403, _NO_ADMIN)
)
@accounts.alt_response(
    404,
    schema=Error,
    description="There is no such account",
    example=examples.failure(404, _UNKNOWN),
)
@accounts.alt_response(
    409,
    schema=Error,
    description="Nobody would be left who manages accounts",
    example=examples.failure(409, _LAST),
)
@refusals.declared(accounts, 400, 413, 415, 503)
def change_account(account_id: str, **sent: Any) -> Response:
    """Change role, tags or password, or let an account in no more; what is absent stays."""
    known, account = current.accounts(), _find(account_id)
    password = sent.pop("password", None)
    if "tags" in sent:
        sent["tags"] = sent["tags"].split(",")
    if sent:
        known.registry.change_account(account, sent, spare_last_admin=True)
    if password is not None:
        own = person.session()
        kept = own.id if own.account_id == account.id else None
        known.registry.set_password(account, Secret(password), kept)
    known.refresh()
    changed = sorted([*sent, *(["password"] if password is not None else [])])
    person.note("changed the account %s: %s", account.name, ", ".join(changed) or "nothing")
    return envelope.success(wire.account(_find(account_id)), f"{account.name} is changed")


@accounts.delete("/accounts/<account_id>")
@accounts.response(
    200,
    schemas.DoneAnswer,
    description="The account is gone, with its tokens and sessions",
    example=examples.answer(None, "anna is removed"),
)
@accounts.alt_response(
    403, schema=Error, description="No admin asks", example=examples.failure(403, _NO_ADMIN)
)
@accounts.alt_response(
    404,
    schema=Error,
    description="There is no such account",
    example=examples.failure(404, _UNKNOWN),
)
@accounts.alt_response(
    409,
    schema=Error,
    description="Nobody would be left who manages accounts",
    example=examples.failure(409, _LAST),
)
@refusals.declared(accounts, 503)
def remove_account(account_id: str) -> Response:
    """Remove an account with its tokens and sessions."""
    known, account = current.accounts(), _find(account_id)
    known.registry.remove_account(account, spare_last_admin=True)
    known.refresh()
    person.note("removed the account %s", account.name)
    return envelope.success(None, f"{account.name} is removed")


def _find(account_id: str) -> Account:
    found = current.accounts().directory.accounts.get(account_id)
    if found is None:
        raise UnknownAccount(_UNKNOWN)
    return found
