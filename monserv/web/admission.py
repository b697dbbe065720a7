"""Who may come in before Flask: its own checks, in its order, of a request that is plain.

Whoever one of them refuses goes on to Flask, which checks him again and finds the words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monserv.model.access import Access
from monserv.web.entry import Entry
from monserv.web.guard import Guard
from monserv.web.throttle import Throttle

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# A request with any of these needs more thought.
_MORE = ("SCRIPT_NAME", "QUERY_STRING", "HTTP_COOKIE")


class Admission:
    """Guard, entry and throttle, asked as one."""

    def __init__(self, guard: Guard, entry: Entry, throttle: Throttle) -> None:
        self._guard = guard
        self._entry = entry
        self._throttle = throttle

    def access(self, environ: WSGIEnvironment, endpoint: str) -> Access | None:
        """Return what who asks for an endpoint may see, or ``None`` for whom Flask has to judge."""
        if any(map(environ.get, _MORE)) or not self._guard.admits(environ):
            return None
        access = self._entry.access(environ, endpoint)
        if access is None:
            return None
        address, method = environ.get("REMOTE_ADDR", ""), environ["REQUEST_METHOD"]
        if self._throttle.wait_seconds(address, access.credential, method):
            return None
        return access
