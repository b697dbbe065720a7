"""How often somebody may try to log in; pure but for its lock, time is given.

Tries are counted by address and by account. Guessing at one account from many
addresses slows down everybody for that account, but not who comes from an address
where that account is logged in, nor for long: so nobody can be locked out.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

MAX_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and then one every so many seconds."""

    burst: int
    seconds_each: float


ADDRESS = Rate(burst=10, seconds_each=6.0)
ACCOUNT = Rate(burst=10, seconds_each=30.0)


class Throttle:
    """Remembers who tried lately; of too many it forgets who has not tried for longest."""

    def __init__(self, rate: Rate, max_keys: int = MAX_KEYS) -> None:
        self._rate = rate
        self._max_keys = max_keys
        self._lock = threading.Lock()
        # Key -> when its debt will be paid; in the order of use.
        self._paid_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str, now: float) -> float:
        """Count one try at monotonic ``now``; return 0, or in how many seconds it may be made.

        What is refused is not counted.
        """
        each = self._rate.seconds_each
        with self._lock:
            paid_at = max(self._paid_at.get(key, now), now)
            wait_seconds = paid_at + each - now - self._rate.burst * each
            if wait_seconds > 0:
                return wait_seconds
            self._paid_at[key] = paid_at + each
            self._paid_at.move_to_end(key)
            if len(self._paid_at) > self._max_keys:
                self._paid_at.popitem(last=False)
            return 0.0

    def give_back(self, key: str) -> None:
        """Take back one try: it was none."""
        with self._lock:
            if key in self._paid_at:
                self._paid_at[key] -= self._rate.seconds_each
