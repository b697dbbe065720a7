"""Locks for what takes moments, at a fifth of what they cost where threads are green.

A poll takes a dozen of them. gevent's stand-in for a lock of ``threading`` looks after waits
with an end and attempts without a wait, in Python, each time that it is taken; what it is made
of does neither, and is taken in C.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager

from gevent import monkey
from gevent.lock import BoundedSemaphore


def short_lock() -> AbstractContextManager[object]:
    """Return a lock that is used with ``with`` alone, around what never waits for long."""
    if monkey.is_module_patched("threading"):
        lock: AbstractContextManager[object] = BoundedSemaphore(1)
        return lock
    return threading.Lock()
