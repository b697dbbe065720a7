"""Run one blocking call in a real thread.

SQLite and the system's resolver block without yielding. In the gevent worker
``threading`` makes greenlets, so such a call would hold up everything; here it
runs in a native thread while the caller waits as a greenlet. In a plain process
the native thread is an ordinary one.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

import gevent
from gevent import monkey
from gevent.threadpool import ThreadPool

P = ParamSpec("P")
T = TypeVar("T")


class CallTimeout(Exception):  # noqa: N818 -- it states an outcome, as the builtin TimeoutError
    """The call did not end in time; it is still running and its result is lost."""


class RealThreads(Protocol):
    """A few native threads, each running one blocking call at a time."""

    def call(self, timeout_seconds: float, function: Callable[[], T]) -> T:
        """Run ``function()`` and return its result or raise its error.

        Raises ``CallTimeout`` when it takes longer than ``timeout_seconds``.
        """

    def stop(self) -> None:
        """Let no further call start; a running one is left to end by itself."""


class _PlainThreads:
    def __init__(self, name: str, size: int) -> None:
        self._executor = concurrent.futures.ThreadPoolExecutor(size, thread_name_prefix=name)

    def call(self, timeout_seconds: float, function: Callable[[], T]) -> T:
        future = self._executor.submit(function)
        done, _ = concurrent.futures.wait([future], timeout=timeout_seconds)
        if not done:
            raise CallTimeout(f"no answer within {timeout_seconds:g} s")
        return future.result()

    def stop(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


class _GreenThreads:
    def __init__(self, size: int) -> None:
        self._pool = ThreadPool(size)

    def call(self, timeout_seconds: float, function: Callable[[], T]) -> T:
        late = gevent.Timeout(timeout_seconds)
        try:
            with late:
                result: T = self._pool.spawn(function).get()
                return result
        except gevent.Timeout as error:
            if error is not late:
                raise
            raise CallTimeout(f"no answer within {timeout_seconds:g} s") from None

    def stop(self) -> None:
        self._pool.kill()


def real_threads(name: str, size: int) -> RealThreads:
    """Return ``size`` native threads; ``name`` shows in a plain process's thread list."""
    if monkey.is_module_patched("threading"):
        return _GreenThreads(size)
    return _PlainThreads(name, size)
