"""Who may have to end a connection that is still being made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Lease(Protocol):
    """Whoever may have to abort a connection that is still being made."""

    def hold(self, abort: Callable[[], None]) -> None:
        """Remember ``abort`` as what to call at the deadline."""
