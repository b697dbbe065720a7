"""One change after the other; and whether the database may know what we do not."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator

from monserv.errors import StorageError, StorageTimeout

log = logging.getLogger(__name__)

# A change waits for those before it, and each of them for the database.
TURN_SECONDS = 10.0
RETRY_SECONDS = 5.0
STOP_SECONDS = 0.2


class Turn:
    """``catch_up`` makes what runs agree with the database; it raises ``StorageError``."""

    def __init__(self, catch_up: Callable[[], None]) -> None:
        self._catch_up = catch_up
        self._lock = threading.Lock()
        self._is_doubtful = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether a server may be missing here, or too many."""
        return self._is_doubtful

    def doubt(self) -> None:
        """Note that the database may know what we do not."""
        self._is_doubtful = True

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the turn; know afterwards whether the database may be ahead of us.

        Raises ``StorageError``.
        """
        if not self._lock.acquire(timeout=TURN_SECONDS):
            raise StorageTimeout("Other changes are still being stored; try again")
        try:
            if self._is_doubtful:
                self._catch_up()
                self._is_doubtful = False
            yield
        except StorageTimeout:
            self._is_doubtful = True
            raise
        finally:
            self._lock.release()

    def start(self) -> None:
        """Look after a database that may know more, until it has said so."""
        if self._is_doubtful and self._thread is None:
            self._thread = threading.Thread(
                target=self._keep_asking, name="monserv-inventory", daemon=True
            )
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Ask the database no more. Idempotent."""
        self._stopping.set()
        if self._thread is not None:
            # It may wait for a database that does not answer, and owes it nothing.
            self._thread.join(min(timeout_seconds, STOP_SECONDS))

    def _keep_asking(self) -> None:
        while self._is_doubtful and not self._stopping.wait(RETRY_SECONDS):
            try:
                with self.held():
                    pass
            except StorageError as error:
                log.debug("the database does not name its servers yet: %s", error)
            except Exception:
                log.exception("the servers of the database could not be taken in")
