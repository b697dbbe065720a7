"""``?token=``, for clients that can set no header: taken out before anything else sees it.

Views, redirects and logs get an address without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PARAMETER = "token"
# Where the token goes; no header can have this name.
ENVIRON = "monserv.query_tokens"
# Where gunicorn repeats the whole address.
_REPEATED = ("RAW_URI", "REQUEST_URI")


class QueryToken:
    """Wraps an application; its requests have lost their tokens to ``environ``."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        query, tokens = _split(environ.get("QUERY_STRING", ""))
        environ[ENVIRON] = tokens
        if tokens:
            _write(environ, query)
        return self._application(environ, start_response)


def _split(query: str) -> tuple[str, tuple[str, ...]]:
    """Return the query without its tokens, and the tokens."""
    if PARAMETER not in query.lower() and "%" not in query:
        return query, ()
    kept, tokens = [], []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if unquote_plus(name).strip().lower() == PARAMETER:
            tokens.append(unquote_plus(value))
        else:
            kept.append(part)
    return "&".join(kept), tuple(tokens)


def _write(environ: dict[str, Any], query: str) -> None:
    environ["QUERY_STRING"] = query
    for name in _REPEATED:
        if name in environ:
            path = str(environ[name]).partition("?")[0]
            environ[name] = f"{path}?{query}" if query else path
