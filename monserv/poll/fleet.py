"""The running set of pollers."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable

from monserv.clock import Clock
from monserv.model.footprint import Footprint
from monserv.model.poll import PollResult
from monserv.model.server import Server
from monserv.poll.courtesy import Courtesy
from monserv.poll.link import OpensSessions
from monserv.poll.poller import Poller
from monserv.poll.schedule import Cadence
from monserv.poll.watchdog import Limit, Watchdog

# First polls are spread over an interval, but a few servers start at once.
MAX_START_GAP_SECONDS = 0.05
# As long as a login takes the processor: thousands that begin sooner would only keep each other,
# and all else, waiting for theirs.
MIN_START_GAP_SECONDS = 0.004


def start_gap_seconds(interval_seconds: float, servers: int) -> float:
    """Return how far apart so many servers are polled for the first time."""
    gap = min(MAX_START_GAP_SECONDS, interval_seconds / max(1, servers))
    return max(MIN_START_GAP_SECONDS, gap)


class Fleet:
    """Starts and stops a poller for each server that is not paused."""

    def __init__(
        self,
        opener: OpensSessions,
        clock: Clock,
        ingest: Callable[[PollResult], None],
        interval_seconds: float,
        *,
        with_command_lines: bool = False,
        budget_percent: float = math.inf,
    ) -> None:
        self._opener = opener
        self._budget_percent = budget_percent
        self._clock = clock
        self._ingest = ingest
        self._interval_seconds = interval_seconds
        self._with_command_lines = with_command_lines
        self._watchdog = Watchdog(clock)
        self.courtesy = Courtesy()
        self._lock = threading.Lock()
        self._pollers: dict[str, Poller] = {}
        # Told to end, and perhaps still at it.
        self._retired: list[Poller] = []
        self._stopped = False

    def start(self, servers: Iterable[Server]) -> None:
        """Poll each server from now on; one that is polled already goes on."""
        self._watchdog.start()
        with self._lock:
            new = [
                server for server in servers if server.is_active and server.id not in self._pollers
            ]
            gap = start_gap_seconds(self._interval_seconds, len(new))
            now = self._clock.monotonic()
            for index, server in enumerate(new):
                self._begin(server, now + index * gap)

    def watch(self, server: Server) -> None:
        """Poll ``server`` from now on as it says, or not at all while it is paused.

        A session that is as good for it goes on; otherwise nothing of the one before
        is delivered from now on. Never waits for a server.
        """
        with self._lock:
            poller = self._pollers.get(server.id)
            if poller is not None and server.is_active and poller.server.is_reached_like(server):
                poller.server = server
                return
            self._end(server.id)
            if server.is_active and not self._stopped:
                self._begin(server, self._clock.monotonic())

    def forget(self, server_id: str) -> None:
        """Poll a server no longer, and deliver nothing more of it; never waits for it."""
        with self._lock:
            self._end(server_id)

    def retry(self, server_id: str) -> float | None:
        """Let a server that does not answer be tried at once, whatever it refused before.

        Returns how many seconds it is too early for that, 0 when it is done, and ``None``
        when the server is not polled.
        """
        with self._lock:
            poller = self._pollers.get(server_id)
        return None if poller is None else poller.urge()

    def limit(self, seconds: float) -> Limit:
        """Return a deadline that the fleet's watchdog keeps."""
        return self._watchdog.limit(seconds)

    def stop(self, timeout_seconds: float) -> None:
        """End all pollers, waiting for them together at most so long."""
        with self._lock:
            self._stopped = True
            pollers = [*self._pollers.values(), *self._retired]
        for poller in pollers:
            poller.request_stop()
        give_up_at = self._clock.monotonic() + timeout_seconds
        for poller in pollers:
            poller.join(max(0.0, give_up_at - self._clock.monotonic()))
        self._watchdog.stop(max(0.0, give_up_at - self._clock.monotonic()))

    def footprints(self) -> dict[str, Footprint]:
        """Return what watching each server costs it, by its id; paused ones are not there."""
        with self._lock:
            return {name: poller.footprint() for name, poller in self._pollers.items()}

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for each thread that died."""
        with self._lock:
            if self._stopped:
                return ("polling has been stopped",)
            dead = [name for name, poller in self._pollers.items() if not poller.is_alive]
        lost = () if self._watchdog.is_alive else ("the watchdog of the pollers has died",)
        return (*lost, *(f"the poller of {name} has died" for name in dead))

    def _begin(self, server: Server, first_at: float) -> None:
        """Start a poller. Requires the lock."""
        poller = Poller(
            server,
            Cadence(first_at, self._interval_seconds),
            opener=self._opener,
            watchdog=self._watchdog,
            courtesy=self.courtesy,
            clock=self._clock,
            ingest=self._ingest,
            with_command_lines=self._with_command_lines,
            budget_percent=self._budget_percent,
        )
        self._pollers[server.id] = poller
        poller.start()

    def _end(self, server_id: str) -> None:
        """Let a poller go, if there is one. Requires the lock."""
        self._retired = [poller for poller in self._retired if poller.is_alive]
        poller = self._pollers.pop(server_id, None)
        if poller is not None:
            poller.retire()
            self._retired.append(poller)
