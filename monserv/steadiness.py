"""Whether the wall clock can be believed: it says how old things are only while it is steady."""

from __future__ import annotations

from monserv.clock import Clock

# A clock that was set says nothing about how old things are until it has held for so long.
STEADY_SECONDS = 600.0
JUMP_SECONDS = 60.0


class Steadiness:
    """Watches a clock from the start on; asked often enough to notice when it is set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._offset_seconds()
        self._steady_at = clock.monotonic() + STEADY_SECONDS

    def holds(self) -> bool:
        """Look at the clock; return whether nobody has set it for a while."""
        offset, now = self._offset_seconds(), self._clock.monotonic()
        if abs(offset - self._offset) > JUMP_SECONDS:
            self._steady_at = now + STEADY_SECONDS
        self._offset = offset
        return now >= self._steady_at

    def _offset_seconds(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()
