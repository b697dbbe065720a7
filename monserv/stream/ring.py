"""The last things that happened on ``monserv.v2``, so that who comes back is told them; pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from monserv.stream.entries import Change, News

MAX_AGE_SECONDS = 300.0
MAX_ENTRIES = 20_000
MAX_BYTES = 16 * 1024 * 1024


class Ring:
    """Entries in the order of their seq, bounded in age (monotonic seconds), number and bytes."""

    def __init__(self) -> None:
        self._entries: deque[Change | News] = deque()
        self._bytes = 0
        # The oldest seq after which everything is remembered.
        self.base = 0

    def begin(self, seq: int) -> None:
        """Remember nothing up to ``seq``."""
        self._entries.clear()
        self._bytes = 0
        self.base = seq

    def add(self, entry: Change | News) -> None:
        """Remember the newest entry, and no longer the oldest ones if that is too much."""
        entries = self._entries
        entries.append(entry)
        self._bytes += entry.size()
        oldest = entry.at - MAX_AGE_SECONDS
        while entries and (
            self._bytes > MAX_BYTES or len(entries) > MAX_ENTRIES or entries[0].at < oldest
        ):
            gone = entries.popleft()
            self._bytes -= gone.size()
            self.base = gone.seq

    def after(self, seq: int) -> Iterator[Change | News]:
        """Return what happened after ``seq``, which is not older than ``base``."""
        newer: list[Change | News] = []
        for entry in reversed(self._entries):
            if entry.seq <= seq:
                break
            newer.append(entry)
        return reversed(newer)
