"""Waits for what happens elsewhere, with a bound."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(holds: Callable[[], object], within_seconds: float = 6.0) -> bool:
    """Wait, bounded, until ``holds()``; return whether it does."""
    give_up_at = time.monotonic() + within_seconds
    while not holds():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.01)
    return True
