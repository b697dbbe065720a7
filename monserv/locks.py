"""Locks for what takes moments, at a fifth of what they cost where threads are green.

A poll takes a dozen of them. gevent's stand-in for a lock of ``threading`` looks after the
finer points of that in Python, each time that it is taken; what it is made of is taken in C.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Protocol

from gevent import monkey
from gevent.lock import BoundedSemaphore


class ShortLock(Protocol):
    """What both kinds have in common; who lets go of one that is not taken gets an error.

    That is ``RuntimeError`` or ``ValueError``. It is waited for without an end unless one
    is given.
    """

    def acquire(self, blocking: bool = ..., timeout: float = ..., /) -> bool:
        """Take it, and return whether that was possible in that time."""

    def release(self) -> None:
        """Let go of it."""

    def locked(self) -> bool:
        """Whether it is taken."""

    def __enter__(self) -> object:
        """Take it."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """Let go of it."""


def short_lock() -> ShortLock:
    """Return a lock for this kind of threads."""
    if monkey.is_module_patched("threading"):
        lock: ShortLock = BoundedSemaphore(1)
        return lock
    return threading.Lock()
