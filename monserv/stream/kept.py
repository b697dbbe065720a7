"""What was made of the last few payloads, so that each is framed and compressed once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

_MAX_ENTRIES = 8
# Of old ones; the newest is kept however large it is.
_MAX_BYTES = 2 * 1024 * 1024


class Kept:
    """Calls ``make`` once for a payload, however many want the result; safe for threads.

    A payload is known by its identity: whoever sends the same again has the same object.
    """

    def __init__(self, make: Callable[[bytes], bytes]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._entries: deque[tuple[bytes, bytes]] = deque(maxlen=_MAX_ENTRIES)

    def of(self, payload: bytes) -> bytes:
        """Return what ``make`` returns for ``payload``."""
        with self._lock:
            for known, made in self._entries:
                if known is payload:
                    return made
            made = self._make(payload)
            self._entries.append((payload, made))
            while len(self._entries) > 1 and self._size() > _MAX_BYTES:
                self._entries.popleft()
            return made

    def _size(self) -> int:
        return sum(len(payload) + len(made) for payload, made in self._entries)
