"""The one-time code with which the first account is made, in the browser."""

from __future__ import annotations

import logging
import threading

from monserv.accounts import credentials
from monserv.accounts.throttle import Rate, Throttle
from monserv.clock import Clock
from monserv.errors import LoginDelayed, LoginRefused
from monserv.model.secret import Secret

log = logging.getLogger(__name__)

# Whoever tries: there is one code, and one person who has it.
TRIES = Rate(burst=5, seconds_each=10.0)
_EVERYBODY = "code"
CLOSED = "An account exists already; the set-up is over."


class SetUp:
    """Closed until ``open()``; ``close()`` is for good."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._throttle = Throttle(TRIES)
        self._lock = threading.Lock()
        self._code: Secret | None = None
        self._is_over = False

    @property
    def is_open(self) -> bool:
        """Whether the code would be taken."""
        return self._code is not None

    def open(self, link: str) -> None:
        """Make the code, once, and show it to whoever reads the log, and nobody else."""
        with self._lock:
            if self._is_over or self._code is not None:
                return
            self._code = credentials.new_code()
            code = self._code
        log.warning(
            "Nobody has an account yet. Open %s and type this code, which works once: %s",
            link,
            code.reveal(),
        )

    def close(self) -> None:
        """Forget the code: an account exists."""
        with self._lock:
            self._is_over = True
            self._code = None

    def check(self, given: Secret) -> None:
        """Raise ``LoginRefused`` unless it is the code, ``LoginDelayed`` after too many tries."""
        code = self._code
        if code is None:
            raise LoginRefused(CLOSED)
        wait_seconds = self._throttle.take(_EVERYBODY, self._clock.monotonic())
        if wait_seconds:
            raise LoginDelayed("Too many codes were tried; wait a little.", wait_seconds)
        if not credentials.is_same(_plain(given.reveal()), _plain(code.reveal())):
            raise LoginRefused("This is not the code that the log shows.")


def _plain(code: str) -> str:
    """Return the code as it counts: people leave out hyphens, and phones begin with a capital."""
    return code.replace("-", "").replace(" ", "").casefold()
