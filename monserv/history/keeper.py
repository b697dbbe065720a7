"""The thread that writes history once a minute, and lets it age.

Nobody waits for it. While the database is broken, one line in the log says so, minutes
are made up for as far as memory reaches, and what is older is a gap.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from monserv.clock import Clock
from monserv.db.engine import Database
from monserv.errors import StorageError
from monserv.history.minutes import GRACE_SECONDS, Minutes
from monserv.history.rolling import Roller
from monserv.history.tidying import Tidier
from monserv.model.rollup import MINUTE, Retention
from monserv.model.server import Server
from monserv.series.trends import Trends
from monserv.steadiness import Steadiness

log = logging.getLogger(__name__)

# Between two pieces of work, so that whoever else needs the database comes first.
PAUSE_SECONDS = 0.02
# How often it is looked for what is too old, and for servers that are gone.
OLD_CHECK_SECONDS = 600.0
GONE_CHECK_SECONDS = 3600.0


class Keeper:
    """Writes the history of ``servers()``; ``None`` from it means that some are not known."""

    def __init__(
        self,
        database: Database,
        trends: Trends,
        clock: Clock,
        retention: Retention,
        *,
        servers: Callable[[], Sequence[Server]],
        is_complete: Callable[[], bool],
    ) -> None:
        self._clock = clock
        self._retention = retention
        self._servers = servers
        self._is_complete = is_complete
        self._minutes = Minutes(database, trends)
        self._roller = Roller(database, retention, self._pause)
        self._tidier = Tidier(database, retention, self._pause)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._steadiness = Steadiness(clock)
        self._old_check_at = self._gone_check_at = clock.monotonic()
        self.problem: str | None = None

    def start(self) -> None:
        """Begin; does nothing where no history is kept. Idempotent."""
        if self._thread is None and self._retention.is_on:
            self._thread = threading.Thread(target=self._run, name="monserv-history", daemon=True)
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Write the minute that has begun, and end. Idempotent."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    @property
    def is_well(self) -> bool:
        """Whether the thread runs, where one is needed."""
        return not self._retention.is_on or (self._thread is not None and self._thread.is_alive())

    def turn(self) -> None:
        """Write what is over, roll it up, pack it, delete what is old."""
        now = self._clock.now().timestamp()
        is_steady = self._steadiness.holds()
        self._minutes.write(self._servers(), now)
        if self._minutes.next_slot is not None:
            self._roller.roll(self._minutes.next_slot)
        self._roller.pack()
        # A clock that was set may have been set wrongly: then nothing is deleted.
        if is_steady:
            self._drop_old(now)
            self._drop_gone(now)

    def flush(self) -> None:
        """Write what there is of the minute that has begun."""
        self._minutes.flush(self._servers(), self._clock.now().timestamp())

    def _run(self) -> None:
        while not self._stopping.wait(self._until_next_seconds()):
            self._guarded(self.turn)
        self._guarded(self.flush)

    def _until_next_seconds(self) -> float:
        """Return the time until a minute is over, and its last samples are here."""
        now = self._clock.now().timestamp() - GRACE_SECONDS
        return MINUTE.step_seconds - now % MINUTE.step_seconds

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except StorageError as error:
            if self.problem is None:
                log.warning("%s; history is made up for when it works again", error)
            self.problem = str(error)
        except Exception:
            log.exception("history stumbled and goes on")
        else:
            if self.problem is not None:
                log.warning("history is written again")
            self.problem = None

    def _pause(self) -> bool:
        return not self._stopping.wait(PAUSE_SECONDS)

    def _drop_old(self, now: float) -> None:
        if self._clock.monotonic() >= self._old_check_at:
            self._tidier.drop_old(now)
            self._old_check_at = self._clock.monotonic() + OLD_CHECK_SECONDS

    def _drop_gone(self, now: float) -> None:
        if self._clock.monotonic() < self._gone_check_at or not self._is_complete():
            return
        watched = frozenset((one.id, one.known_as) for one in self._servers())
        self._tidier.drop_gone(watched, now)
        self._gone_check_at = self._clock.monotonic() + GONE_CHECK_SECONDS
