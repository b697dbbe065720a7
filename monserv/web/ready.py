"""A door in front of Flask for what is polled: the same checks, and an answer that is ready.

Flask alone takes longer than all checks and the answer. Whoever any of these refuses, or
whose request needs more thought (a cookie, a page, a query), goes on to Flask, which checks
it again and finds the words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from monserv.web import headers
from monserv.web.entry import Entry
from monserv.web.guard import Guard
from monserv.web.polled import PATHS, Polled
from monserv.web.prepared import Answer
from monserv.web.throttle import Throttle

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_METHODS = frozenset({"GET", "HEAD"})
# A request with any of these needs more thought.
_MORE = ("SCRIPT_NAME", "QUERY_STRING", "HTTP_COOKIE", "HTTP_ORIGIN")


class Ready:
    """Wraps an application, and answers at ``PATHS`` for it when there is nothing to add."""

    def __init__(
        self,
        application: WSGIApplication,
        guard: Guard,
        entry: Entry,
        throttle: Throttle,
        polled: Polled,
    ) -> None:
        self._application = application
        self._guard = guard
        self._entry = entry
        self._throttle = throttle
        self._polled = polled

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        endpoint = PATHS.get(environ["PATH_INFO"])
        answer = None
        if endpoint is not None and _is_plain(environ):
            answer = self._answer(environ, endpoint)
        if answer is None:
            return self._application(environ, start_response)
        start_response(answer.status, [*answer.headers, *headers.ALWAYS])
        return () if environ["REQUEST_METHOD"] == "HEAD" else (answer.body,)

    def _answer(self, environ: WSGIEnvironment, endpoint: str) -> Answer | None:
        """Return the answer, or ``None`` for whom any of the checks does not let in."""
        if not self._guard.admits(environ):
            return None
        access = self._entry.access(environ, endpoint)
        if access is None:
            return None
        address, method = environ.get("REMOTE_ADDR", ""), environ["REQUEST_METHOD"]
        if self._throttle.wait_seconds(address, access.credential, method):
            return None
        return self._polled.prepared(endpoint, access.tags).answer(environ)


def _is_plain(environ: WSGIEnvironment) -> bool:
    """Whether there is nothing to a request but its address and simple headers."""
    return environ["REQUEST_METHOD"] in _METHODS and not any(map(environ.get, _MORE))
