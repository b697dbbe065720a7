"""Wakes one thread that waits, for thousands of them."""

from __future__ import annotations

from monserv.locks import short_lock


class Bell:
    """One thread waits; any thread rings, and a ring that nobody waits for is kept.

    An event makes a lock for each wait and looks for whoever else may wait; this is one lock
    that is let go of to ring, at a fifth of the cost.
    """

    __slots__ = ("_silence",)

    def __init__(self) -> None:
        self._silence = short_lock()
        self._silence.acquire()

    def ring(self) -> None:
        """Wake who waits, or spare him the next wait; never waits."""
        # Two rings before a wait are one.
        if self._silence.locked():
            try:
                self._silence.release()
            except (RuntimeError, ValueError):
                # Another one rang meanwhile.
                return

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for a ring, at most so long; return whether there was one."""
        if seconds is None:
            return self._silence.acquire()
        return self._silence.acquire(True, max(0.0, seconds))
