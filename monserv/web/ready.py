"""A door in front of Flask for what is polled: the same checks, and an answer that is ready.

Flask alone takes longer than all checks and the answer. Whoever any of these refuses, or
whose request needs more thought (a cookie, a page, a query), goes on to Flask, which checks
it again and finds the words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from monserv.web import headers
from monserv.web.admission import Admission
from monserv.web.polled import PATHS, Polled
from monserv.web.prepared import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_METHODS = frozenset({"GET", "HEAD"})


class Ready:
    """Wraps an application, and answers at ``PATHS`` for it when there is nothing to add."""

    def __init__(self, application: WSGIApplication, admission: Admission, polled: Polled) -> None:
        self._application = application
        self._admission = admission
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
        access = self._admission.access(environ, endpoint)
        if access is None:
            return None
        return self._polled.prepared(endpoint, access.tags).answer(environ)


def _is_plain(environ: WSGIEnvironment) -> bool:
    """Whether a request only reads, and no page of another origin makes it."""
    return environ["REQUEST_METHOD"] in _METHODS and not environ.get("HTTP_ORIGIN")
