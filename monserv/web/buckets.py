"""Token buckets by key, of those who asked last: a bounded memory of who asks how often."""

from __future__ import annotations

import threading
from collections import OrderedDict

from monserv.clock import Clock
from monserv.stream.bucket import TokenBucket

MAX_KEYS = 10_000


class Buckets:
    """One bucket a key, full for who was not seen lately; safe for threads.

    Beyond ``MAX_KEYS`` the key that was used longest ago is forgotten.
    """

    def __init__(self, per_second: float, burst: int, clock: Clock) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, key: str) -> float:
        """Take a token; return 0, or in how many seconds there will be one."""
        now = self._clock.monotonic()
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = TokenBucket(self._per_second, self._burst, now)
                if len(self._buckets) > MAX_KEYS:
                    self._buckets.popitem(last=False)
            self._buckets.move_to_end(key)
            return 0.0 if bucket.take(now) else bucket.wait_seconds()
