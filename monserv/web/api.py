"""The REST API as one whole: its description, and how its errors look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from monserv import __version__
from monserv.model.settings import Settings
from monserv.web import description, envelope, server_id
from monserv.web.described import DescribedApi
from monserv.wire.schemas.resources import Error

PREFIX = "/swagger"
DOCUMENT = "doc.json"

_BODY_AS_A_WHOLE = frozenset({"json", "_schema"})
_TOO_LARGE = 413
_SENTENCES = {
    404: "There is nothing at this address; /swagger/index.html shows what there is.",
    405: "This address does not know this method; the Allow header lists those it knows.",
    422: "A parameter has a value that it cannot have.",
    500: "monserv made a mistake; its log has the details.",
}


class Api(DescribedApi):
    """Describes all blueprints in OpenAPI, and puts every error into the envelope."""

    ERROR_SCHEMA = Error

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Return an error of Flask, of validation or of a bug as the API's own."""
        code = error.code or 500
        errors = _details(getattr(error, "data", None) or {})
        sentence = _of_body(errors) if _is_of_body(error) else _sentence(code)
        sentence = sentence or _only(errors) or error.description or error.name
        response = envelope.failure(code, sentence, errors)
        for name, value in error.get_headers():
            if name not in response.headers:
                response.headers[name] = value
        return response


def build(app: Flask, settings: Settings) -> Api:
    """Return the API of ``app``, still without blueprints."""
    app.config.update(
        API_TITLE="monserv",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH=DOCUMENT,
        API_SPEC_OPTIONS={
            "info": {
                "description": description.API,
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": _addresses(settings),
            # On loopback nothing is needed.
            "security": [{}, {"token": []}],
            "paths": {"/ws": {"get": description.CONNECT}},
        },
    )
    api = Api(app)
    api.register_converter(server_id.ServerId, server_id.described)
    return api


def _addresses(settings: Settings) -> list[dict[str, str]]:
    here = {"url": "/", "description": "where this page comes from"}
    if not settings.api_host:
        return [here]
    return [{"url": f"//{settings.api_host}", "description": "API_HOST"}, here]


def _sentence(code: int) -> str | None:
    if code == _TOO_LARGE:
        return f"The body is larger than {(request.max_content_length or 0) // 1024} KiB."
    return _SENTENCES.get(code)


def _is_of_body(error: HTTPException) -> bool:
    return "json" in (getattr(error, "data", None) or {}).get("messages", {})


def _of_body(errors: Mapping[str, Any]) -> str:
    """Return what is wrong with the first field of a body that a person has filled in."""
    field, said = next(iter(errors.items()))
    words = " ".join(said)
    return words if field in _BODY_AS_A_WHOLE else f"{field}: {words}"


def _details(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is wrong with each parameter, whichever part of the request it came in."""
    found: dict[str, Any] = {}
    for place, part in data.get("messages", {}).items():
        # A body that is no JSON at all has no parameters.
        found.update(part if isinstance(part, Mapping) else {place: part})
    return {name: _said(what) for name, what in found.items()}


def _said(what: Any) -> Any:
    """Return what is wrong with one parameter; of a list, whatever is wrong with its items."""
    if not isinstance(what, Mapping) or not all(isinstance(one, int) for one in what):
        return what
    return list(dict.fromkeys(sentence for said in what.values() for sentence in said))


def _only(errors: Mapping[str, Any]) -> str | None:
    """Return the one thing that is wrong, if it is one."""
    match list(errors.values()):
        case [[str(sentence)]]:
            return sentence
    return None
