"""Waits for what happens elsewhere, with a bound, and measures how long something takes."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(holds: Callable[[], object], within_seconds: float = 30.0) -> bool:
    """Wait, bounded, until ``holds()``; return whether it does."""
    give_up_at = time.monotonic() + within_seconds
    while not holds():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.01)
    return True


def fastest_seconds(action: Callable[[], object], tries: int = 3) -> float:
    """Return the shortest of a few runs of ``action``.

    What else the machine does only ever adds to a time, and not to every run; what is
    slow by itself is slow in all of them.
    """
    seconds = []
    for _ in range(tries):
        began_at = time.monotonic()
        action()
        seconds.append(time.monotonic() - began_at)
    return min(seconds)
