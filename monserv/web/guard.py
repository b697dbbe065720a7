"""Who may ask at all: the Host by which we are called, the Origin of the page that asks.

A page elsewhere can make its visitor's browser call us. Its own name in ``Host``
(DNS rebinding) or in ``Origin`` gives it away; a program sends no Origin.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.datastructures import EnvironHeaders, Headers

from monserv.clock import Clock
from monserv.model.settings import Settings
from monserv.settings import addresses
from monserv.stream.bucket import TokenBucket
from monserv.web import envelope

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_LOG = logging.getLogger(__name__)
ANY = "*"
_LOG_LINES_PER_SECOND = 0.1
_LOG_LINES_AT_ONCE = 5
_MAX_SHOWN = 200


def origin_allowed(headers: Headers, settings: Settings) -> bool:
    """Whether the page behind a request, if there is one, may use what we serve."""
    origin = headers.get("Origin")
    if origin is None or ANY in settings.allowed_origins:
        return True
    normal = addresses.origin(origin)
    return normal in settings.allowed_origins or origin_own(headers, settings)


def origin_own(headers: Headers, settings: Settings) -> bool:
    """Whether the page behind a request is one of ours, also where others are allowed."""
    origin = addresses.origin(headers.get("Origin", ""))
    return origin is not None and _is_own(origin, headers, settings)


def host_allowed(host: str, settings: Settings) -> bool:
    """Whether ``host``, as in the header, is a name of ours; its port does not matter."""
    found = addresses.split_port(host)
    if ANY in settings.allowed_hosts:
        return True
    return found is not None and found[0].removesuffix(".") in settings.allowed_hosts


class Guard:
    """Refuses what may not ask, before any view; the log names the setting, now and then."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._log_lines = TokenBucket(_LOG_LINES_PER_SECOND, _LOG_LINES_AT_ONCE, clock.monotonic())

    def admits(self, environ: WSGIEnvironment) -> bool:
        """Whether a request may ask; ``check`` has the words for one that may not."""
        headers = EnvironHeaders(environ)
        return self._knows_host(environ) and origin_allowed(headers, self._settings)

    def check(self) -> Response | None:
        """Return the refusal of this request, or ``None``."""
        if not self._knows_host(request.environ):
            return self._refuse_host(request.headers.get("Host", ""))
        if not origin_allowed(request.headers, self._settings):
            origin = request.headers.get("Origin", "")
            return self._refuse("Origin", origin, "ALLOWED_ORIGINS", addresses.origin(origin))
        return None

    def _knows_host(self, environ: WSGIEnvironment) -> bool:
        host = environ.get("HTTP_HOST")
        if host is None:
            # HTTP/1.0 knows no Host; browsers, whom this protects, do not speak it.
            return environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
        return addresses.split_port(host) is not None and host_allowed(host, self._settings)

    def _refuse_host(self, host: str) -> Response:
        found = addresses.split_port(host)
        if found is None:
            return envelope.failure(400, "The Host header is missing or malformed.")
        return self._refuse("Host", host, "ALLOWED_HOSTS", found[0])

    def _refuse(self, header: str, value: str, setting: str, entry: str | None) -> Response:
        """Answer 403; ``entry`` is what the setting would have to hold, if it can at all."""
        with self._lock:
            is_logged = self._log_lines.take(self._clock.monotonic())
        if is_logged:
            remedy = (
                f"{entry} in {setting} would allow it" if entry else f"{setting} cannot name it"
            )
            _LOG.warning("refused %s %s; %s", header, value[:_MAX_SHOWN], remedy[:_MAX_SHOWN])
        return envelope.failure(
            403, f"This {header} is not allowed here; the setting {setting} names those that are."
        )


def _is_own(origin: str, headers: Headers, settings: Settings) -> bool:
    """Whether the page is ours; behind a proxy that ends TLS it has a scheme that we never see."""
    scheme, _, place = origin.partition("://")
    authority = _authority(place)
    own = {_authority(headers.get("Host", "")), _authority(settings.api_host)}
    return scheme in {"http", "https"} and authority is not None and authority in own


def _authority(text: str) -> tuple[str, str] | None:
    """Return host and port; the ports that browsers leave out count as none."""
    found = addresses.split_port(text)
    return found and (found[0], "" if found[1] in {"80", "443"} else found[1])
