"""What clients ask for, one after another: together they leave time for everything else.

A request takes a few bytes, and its answer may have to be made of a thousand servers, for
this client alone. There may be thousands of clients, each of which asks no more than it may.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from monserv.clock import busy_seconds

# So many times as long as it took there is none: a fifth of the time is theirs.
_REST = 4
_MAX_REST_SECONDS = 1.0


class Turns:
    """Lets one client at a time ask; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._never = threading.Event()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn; it lasts, without work, until others have had their time.

        A turn that took no time, since its client is gone, ends at once.
        """
        with self._lock:
            began_at = busy_seconds()
            try:
                yield
            finally:
                rest_seconds = _REST * (busy_seconds() - began_at)
                self._never.wait(min(rest_seconds, _MAX_REST_SECONDS))
