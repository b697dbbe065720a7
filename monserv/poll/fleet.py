"""The running set of pollers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from monserv.clock import Clock
from monserv.model.poll import PollResult
from monserv.model.server import Server
from monserv.poll.poller import OpensSessions, Poller
from monserv.poll.schedule import Cadence
from monserv.poll.watchdog import Watchdog

# First polls are spread over an interval, but a few servers start at once.
MAX_START_GAP_SECONDS = 0.05


class Fleet:
    """Starts and stops a poller for each server."""

    def __init__(
        self,
        opener: OpensSessions,
        clock: Clock,
        ingest: Callable[[PollResult], None],
        interval_seconds: float,
    ) -> None:
        self._opener = opener
        self._clock = clock
        self._ingest = ingest
        self._interval_seconds = interval_seconds
        self._watchdog = Watchdog(clock)
        self._lock = threading.Lock()
        self._pollers: dict[str, Poller] = {}
        self._stopped = False

    def start(self, servers: Iterable[Server]) -> None:
        """Poll each server from now on; one that is polled already goes on."""
        self._watchdog.start()
        with self._lock:
            new = [server for server in servers if server.id not in self._pollers]
            gap = min(MAX_START_GAP_SECONDS, self._interval_seconds / max(1, len(new)))
            now = self._clock.monotonic()
            for index, server in enumerate(new):
                poller = Poller(
                    server,
                    Cadence(now + index * gap, self._interval_seconds),
                    opener=self._opener,
                    watchdog=self._watchdog,
                    clock=self._clock,
                    ingest=self._ingest,
                )
                self._pollers[server.id] = poller
                poller.start()

    def stop(self, timeout_seconds: float) -> None:
        """End all pollers, waiting for them together at most so long."""
        with self._lock:
            self._stopped = True
            pollers = list(self._pollers.values())
        for poller in pollers:
            poller.request_stop()
        give_up_at = self._clock.monotonic() + timeout_seconds
        for poller in pollers:
            poller.join(max(0.0, give_up_at - self._clock.monotonic()))
        self._watchdog.stop(max(0.0, give_up_at - self._clock.monotonic()))

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for each poller that died."""
        with self._lock:
            if self._stopped:
                return ("polling has been stopped",)
            dead = [name for name, poller in self._pollers.items() if not poller.is_alive]
        return tuple(f"the poller of {name} has died" for name in dead)
