"""What the log hears of clients: so much that one who comes again and again cannot fill it."""

from __future__ import annotations

import logging
import threading

from monserv.clock import Clock
from monserv.model.traffic import Ending
from monserv.stream.bucket import TokenBucket
from monserv.stream.places import Guest, Places

log = logging.getLogger(__name__)

_REFUSALS_PER_SECOND = 0.1
_REFUSALS_AT_ONCE = 2
# A line for each client that did not leave by itself.
_TOLD = frozenset({Ending.SILENT, Ending.SLOW, Ending.VIOLATION, Ending.OVERLOAD})
_FAREWELLS_PER_SECOND = 1.0
_FAREWELLS_AT_ONCE = 20


class Guestbook:
    """Safe for threads."""

    def __init__(self, clock: Clock) -> None:
        now = clock.monotonic()
        self._clock = clock
        self._lock = threading.Lock()
        self._refusals = TokenBucket(_REFUSALS_PER_SECOND, _REFUSALS_AT_ONCE, now)
        self._farewells = TokenBucket(_FAREWELLS_PER_SECOND, _FAREWELLS_AT_ONCE, now)

    def refuse(self, address: str, places: Places) -> None:
        """Say now and then why there is no place for a client."""
        if self._may_say(self._refusals):
            log.warning(
                "no place for a client from %s: %d of %d places are taken, and one address "
                "may have %d",
                address,
                len(places),
                places.most,
                places.most_per_address,
            )

    def part(self, client: Guest) -> None:
        """Say why a client is gone, while its descriptor is still open."""
        farewell = client.socket.farewell
        is_told = farewell.ending in _TOLD and self._may_say(self._farewells)
        log.log(
            logging.INFO if is_told else logging.DEBUG,
            "client from %s closed: %s%s; %d bytes sent, %d frames queued, %d conflated",
            client.visitor.address,
            farewell.ending,
            f" ({farewell.reason})" if farewell.reason else "",
            client.socket.confirmed_bytes(),
            client.socket.queued,
            client.socket.conflated,
        )

    def _may_say(self, bucket: TokenBucket) -> bool:
        with self._lock:
            return bucket.take(self._clock.monotonic())
