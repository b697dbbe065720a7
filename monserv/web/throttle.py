"""How often one address, and one credential, may ask: beyond that 429, with ``Retry-After``.

What a person, a page or a script needs is far below; a program that has gone wild
must not keep the others waiting. Where the credential was found, its bucket counts
beside the address's. Requests that change something, and credentials that are
refused, have smaller buckets of their own.
"""

from __future__ import annotations

import logging
import math
import threading

from flask import Response, g, request

from monserv.clock import Clock
from monserv.stream.bucket import TokenBucket
from monserv.stream.origin import place
from monserv.web import envelope
from monserv.web.buckets import Buckets
from monserv.web.current import access

_LOG = logging.getLogger(__name__)
# Seconds of asking at the full rate that may come at once: a page with many parts, or
# everybody behind one address after a restart.
_BURST_SECONDS = 10
# Of what may be asked in all.
_CHANGES = 0.1
_REFUSALS = 0.05
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# Cheap, and asked for in bunches or by those who watch the watcher.
_EXEMPT = frozenset({"static", "vendor.show_file", "Health.show_liveness", "Health.show_readiness"})
_UNAUTHORIZED = 401
_LOG_LINES_PER_SECOND = 0.1
_LOG_LINES_AT_ONCE = 5


class Throttle:
    """Counts requests; ``per_second`` is for an address or a credential, 0 for no bound."""

    def __init__(self, per_second: float, clock: Clock) -> None:
        self._is_on = per_second > 0
        self._all = _buckets(per_second, clock)
        self._changes = _buckets(per_second * _CHANGES, clock)
        self._refusals = _buckets(per_second * _REFUSALS, clock)
        self._clock = clock
        self._lock = threading.Lock()
        self._log_lines = TokenBucket(_LOG_LINES_PER_SECOND, _LOG_LINES_AT_ONCE, clock.monotonic())

    def check(self) -> Response | None:
        """Return the refusal of a request that is one too many; runs once it is known who asks."""
        g.is_counted = True
        if request.endpoint in _EXEMPT:
            return None
        wait_seconds = self.wait_seconds(
            request.remote_addr or "", access().credential, request.method
        )
        return self._refuse(wait_seconds) if wait_seconds else None

    def wait_seconds(self, address: str, credential: str, method: str) -> float:
        """Count a request; return how long it has to wait, 0 when it need not.

        ``credential`` is empty where none was needed.
        """
        if not self._is_on:
            return 0.0
        asker = place(address)
        waits = [self._all.take(asker)]
        if credential:
            asker = f"credential {credential}"
            waits.append(self._all.take(asker))
        if method in _CHANGING:
            waits.append(self._changes.take(asker))
        return max(waits)

    def count_refusal(self, response: Response) -> Response:
        """Answer 429 to who asks without end for what he is refused.

        That is known only now, so that others behind his address go on.
        """
        if not self._is_on or request.endpoint in _EXEMPT:
            return response
        waits = [] if g.get("is_counted") else [self._all.take(_address())]
        if response.status_code == _UNAUTHORIZED:
            waits.append(self._refusals.take(_address()))
        return self._refuse(max(waits)) if any(waits) else response

    def _refuse(self, wait_seconds: float) -> Response:
        with self._lock:
            is_logged = self._log_lines.take(self._clock.monotonic())
        if is_logged:
            _LOG.warning("too many requests from %s; they are answered with 429", _address())
        seconds = max(1, math.ceil(wait_seconds))
        refusal = envelope.failure(429, "Too many requests; Retry-After says when to try again.")
        refusal.headers["Retry-After"] = str(seconds)
        return refusal


def _buckets(per_second: float, clock: Clock) -> Buckets:
    return Buckets(per_second, max(1, round(per_second * _BURST_SECONDS)), clock)


def _address() -> str:
    return place(request.remote_addr or "")
