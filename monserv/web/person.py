"""Who is logged in, for what only a person may do: no token makes another, or an account."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

from flask import Flask, Response, abort

from monserv.errors import (
    AccountConflict,
    AccountError,
    LoginDelayed,
    LoginRefused,
    UnknownAccount,
)
from monserv.model.access import Role
from monserv.model.account import Account
from monserv.model.directory import Grant, Kind
from monserv.web import current, envelope
from monserv.web.words import sentence

_LOG = logging.getLogger(__name__)


def session() -> Grant:
    """Return the session of whoever asks, where the door lets nobody else in."""
    grant = current.grant()
    assert grant is not None
    assert grant.kind is Kind.SESSION
    return grant


def account() -> Account:
    """Return the account of whoever is logged in."""
    found = current.accounts().directory.accounts.get(session().account_id or "")
    if found is None:
        abort(401, "This account is gone.")
    return found


def is_administrator() -> bool:
    """Whether whoever is logged in manages all others, and so is limited by nothing."""
    access = current.access()
    return access.may(Role.ADMIN) and not access.tags


def note(text: str, *details: object) -> None:
    """Write down who did what."""
    _LOG.info(f"%s {text}", current.access().name, *details)


def answer_errors(app: Flask) -> None:
    """Let the errors of accounts become answers wherever they are raised."""
    app.register_error_handler(UnknownAccount, _answer(404))
    app.register_error_handler(AccountConflict, _answer(409))
    app.register_error_handler(AccountError, _answer(422))
    app.register_error_handler(LoginRefused, _answer(403))
    app.register_error_handler(LoginDelayed, delayed)


def _answer(code: int) -> Callable[[Exception], Response]:
    def answer(error: Exception) -> Response:
        text = str(error)
        return envelope.failure(code, text if text.endswith(".") else sentence(text))

    return answer


def delayed(error: LoginDelayed) -> Response:
    """Answer that it is too early, and say when it is not."""
    response = envelope.failure(503 if error.is_busy else 429, str(error))
    response.headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    return response
