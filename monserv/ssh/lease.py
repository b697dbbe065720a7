"""Who may have to end a connection that is still being made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol


class Lease(Protocol):
    """Whoever may have to abort a connection that is still being made."""

    def hold(self, abort: Callable[[], None]) -> None:
        """Remember ``abort`` as what to call at the deadline."""

    def queuing(self, most_seconds: float) -> AbstractContextManager[None]:
        """Move the deadline by the time that is spent in the context, at most so long.

        It is spent on others, whose turn comes first.
        """
