"""The snapshots that are on their way to single clients: shared, and bounded in all.

One of a thousand servers takes megabytes, and a client that stalls in the middle of it keeps
it for up to two minutes. So those who may have the same one get the same bytes, and while
those that somebody has taken a part of are too many bytes, no other is made: whoever needs
one waits, and nobody may take long.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from weakref import WeakValueDictionary

from monserv.clock import Clock

# The largest one may be that much more. In all, there is room for a dozen of a thousand
# servers, of which each serves all that lag at about the same time.
MAX_BYTES = 32 * 1024 * 1024
# They are kept a while for those who come next, unless there is too little room.
_MAX_RECENT = 4
# Whoever waits asks again several times a second.
_WAITED_FOR_SECONDS = 2.0


class Start(bytearray):
    """A frame that nobody changes; what is made of it keeps it, and ``bytes`` tell nobody."""

    __slots__ = ("__weakref__", "_starts")

    def __init__(self, frame: bytes, starts: Starts) -> None:
        super().__init__(frame)
        self._starts = starts

    def is_in_the_way(self, now: float) -> bool:
        """Whether somebody waits until others like it are gone."""
        return self._starts.is_waited_for(now)


class Starts:
    """Framed snapshots by what they show, as long as anybody has them; safe for threads."""

    def __init__(self, clock: Clock, max_bytes: int = MAX_BYTES) -> None:
        self._clock = clock
        self._max_bytes = max_bytes
        self._held: WeakValueDictionary[Hashable, Start] = WeakValueDictionary()
        self._recent: deque[Start] = deque(maxlen=_MAX_RECENT)
        self._refused_at = float("-inf")

    def find(self, key: Hashable) -> Start | None:
        """Return what was added for ``key``, if it is still there."""
        return self._held.get(key)

    def add(self, key: Hashable, frame: bytes) -> Start:
        """Keep a frame; return it, or the one that another thread has added meanwhile."""
        start = self._held.setdefault(key, Start(frame, self))
        self._recent.append(start)
        return start

    def has_room(self) -> bool:
        """Whether one more may be made; where not, whoever has one is to hurry."""
        if self.held_bytes() >= self._max_bytes:
            self._recent.clear()
        if self.held_bytes() < self._max_bytes:
            return True
        self._refused_at = self._clock.monotonic()
        return False

    def is_waited_for(self, now: float) -> bool:
        """Whether there was no room for somebody just now."""
        return now - self._refused_at < _WAITED_FOR_SECONDS

    def held_bytes(self) -> int:
        """Return how many bytes all of them take together."""
        return sum(len(start) for start in self._held.values())
