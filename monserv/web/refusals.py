"""How a change that was refused is answered, and how the API's description says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flask import Flask, Response
from flask_smorest import Blueprint

from monserv.errors import (
    BeyondAccess,
    ChangeRefused,
    ServerConflict,
    StorageError,
    TooSoon,
    UnfitChange,
    UnknownServer,
)
from monserv.web import envelope
from monserv.web.words import sentence
from monserv.wire import examples
from monserv.wire.schemas.resources import Error

_CODES: dict[type[ChangeRefused], int] = {
    UnknownServer: 404,
    ServerConflict: 409,
    BeyondAccess: 403,
    UnfitChange: 422,
}
_SAID = {
    400: ("The body is no JSON object", "The body is not readable as JSON."),
    403: ("Whoever asks would not see the server", "The server must have one of your tags: prod."),
    404: ("No server has this id", "No server has this id."),
    409: (
        "The server is watched already, or comes from settings and is changed there",
        "scadanas comes from the setting SERVERS; change it there and restart.",
    ),
    413: ("The body is too large", "The body is larger than 64 KiB."),
    415: (
        "The body is not declared as JSON",
        "The body must be JSON, with Content-Type: application/json.",
    ),
    422: ("A field has a value that it cannot have", "port: Must be from 1 to 65535."),
    429: (
        "Too many at once, or too soon; Retry-After says when to come back",
        "Three tests are running.",
    ),
    503: ("The database does not answer; nothing was changed", "The disk is full."),
}


def register(app: Flask) -> None:
    """Let ``app`` answer for errors of the inventory."""
    app.register_error_handler(ChangeRefused, _refused)
    app.register_error_handler(StorageError, _broken)
    app.register_error_handler(TooSoon, _too_soon)


def declared(blueprint: Blueprint, *codes: int) -> Callable[[Any], Any]:
    """Return a decorator that describes these refusals of a view."""

    def declare(view: Any) -> Any:
        for code in codes:
            description, said = _SAID[code]
            view = blueprint.alt_response(
                code, schema=Error, description=description, example=examples.failure(code, said)
            )(view)
        return view

    return declare


def _refused(error: ChangeRefused) -> Response:
    errors = {error.field: [str(error)]} if isinstance(error, UnfitChange) else {}
    return envelope.failure(_CODES[type(error)], str(error), errors)


def _too_soon(error: TooSoon) -> Response:
    response = envelope.failure(429, sentence(str(error)))
    response.headers["Retry-After"] = str(max(1, math.ceil(error.wait_seconds)))
    return response


def _broken(error: StorageError) -> Response:
    return envelope.failure(503, sentence(str(error)))
