"""A door in front of Flask for WebSockets: the same checks, and no request of Flask's to keep.

Flask's way through a handshake takes longer than all else, and what it has of a request stays
in memory for as long as the client. Whoever any of these checks refuses, or who shows a cookie,
goes on to Flask, which checks it again and finds the words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from monserv.model.access import Access
from monserv.runtime import Runtime
from monserv.stream import handshake
from monserv.web import live
from monserv.web.admission import Admission

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ENDPOINT = "live._serve"


class Arrivals:
    """Wraps an application, and serves WebSocket clients of whom there is nothing more to know."""

    def __init__(
        self, application: WSGIApplication, admission: Admission, running: Runtime
    ) -> None:
        self._application = application
        self._admission = admission
        self._running = running

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] != live.PATH:
            return self._application(environ, start_response)
        who = self._admitted(environ)
        if who is None:
            return self._application(environ, start_response)
        agreed = live.agree(environ, self._running.hub)
        live.serve(self._running, agreed, environ.get("REMOTE_ADDR", ""), who)
        # gunicorn's word for: the connection is done with.
        raise StopIteration

    def _admitted(self, environ: WSGIEnvironment) -> Access | None:
        """Return what a client may see, or ``None`` for whom any of the checks does not let in."""
        if live.SOCKET not in environ or handshake.refusal(environ) is not None:
            return None
        access = self._admission.access(environ, _ENDPOINT)
        if access is None or not self._running.hub.has_room(environ.get("REMOTE_ADDR", "")):
            return None
        return access
