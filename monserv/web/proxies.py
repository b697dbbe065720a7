"""Whose address a request comes from, when proxies stand in front.

Each proxy appends to ``X-Forwarded-For`` the address that it saw, so of a chain of
``count`` proxies of ours the entry ``count`` from the end was written by the first
of them, and all before it by the client. Werkzeug's ``ProxyFix`` takes that one.

``X-Forwarded-Host`` is never trusted: proxies pass on the one that a client made
up, and ``guard`` would then judge a Host of the client's choice. They pass on
``Host`` itself, too. ``X-Forwarded-Proto`` is no list in practice: proxies further
in pass on what the first one wrote.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

_FOR = "HTTP_X_FORWARDED_FOR"
_PROTO = "HTTP_X_FORWARDED_PROTO"
_SCHEMES = ("http", "https")


def trust(app: Flask, count: int) -> None:
    """Let ``request.remote_addr`` be what the first of ``count`` proxies saw; 0 trusts none.

    With fewer entries than proxies, and where the entry is no address, it stays that
    of the connection.
    """
    if count:
        fixed = ProxyFix(app.wsgi_app, x_for=count, x_proto=1)
        app.wsgi_app = _Strict(fixed, count)  # type: ignore[method-assign]  # Flask's own way


class _Strict:
    """Hands ``ProxyFix`` nothing but addresses and schemes, in the places where they stood.

    It splits at commas outside of quotes, so that a client's lone quote would make
    one entry of its own words and the proxy's.
    """

    def __init__(self, application: WSGIApplication, count: int) -> None:
        self._application = application
        self._count = count

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen = environ.pop(_FOR, "").split(",")[-self._count :]
        address = _address(seen[0])
        if len(seen) == self._count and address is not None:
            environ[_FOR] = ",".join([address, *["unknown"] * (self._count - 1)])
        scheme = environ.pop(_PROTO, "").rpartition(",")[2].strip().lower()
        if scheme in _SCHEMES:
            environ[_PROTO] = scheme
        return self._application(environ, start_response)


def _address(text: str) -> str | None:
    """Return an IP address in its usual form; some proxies write its port behind it."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    # One client is not to be two, by IPv4 and by the same through an IPv6 socket.
    return str(getattr(found, "ipv4_mapped", None) or found)
