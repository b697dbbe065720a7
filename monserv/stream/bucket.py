"""A token bucket: how often a client may do something."""

from __future__ import annotations


class TokenBucket:
    """Holds at most ``burst`` tokens and refills with ``per_second``; starts full.

    Time is monotonic seconds that the caller gives.
    """

    __slots__ = ("_burst", "_per_second", "_tokens", "_updated_at")

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._tokens = float(burst)
        self._updated_at = now

    def take(self, now: float) -> bool:
        """Take one token; return whether there was one."""
        refill = (now - self._updated_at) * self._per_second
        self._tokens = min(self._burst, self._tokens + refill)
        self._updated_at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def wait_seconds(self) -> float:
        """Return after how long there will be a token, counted from the last ``take()``."""
        return max(0.0, (1.0 - self._tokens) / self._per_second)
