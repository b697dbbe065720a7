"""Run one blocking call in a real thread, or one that may hang with an end to it.

SQLite and the system's resolver block without yielding. In the gevent worker
``threading`` makes greenlets, so such a call would hold up everything; here it
runs in a native thread while the caller waits as a greenlet. In a plain process
the native thread is an ordinary one.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import gevent
from gevent import monkey
from gevent.threadpool import ThreadPool

T = TypeVar("T")


class CallTimeout(Exception):  # noqa: N818 -- it states an outcome, as the builtin TimeoutError
    """The call did not end in time; its result is lost.

    A call that had begun runs on, one that still waited for a thread never begins.
    """


class CallRefused(Exception):  # noqa: N818 -- it states an outcome, as ``CallTimeout``
    """The threads have been stopped; the call did not begin."""


class RealThreads(Protocol):
    """A few native threads, each running one blocking call at a time."""

    def call(self, timeout_seconds: float, function: Callable[[], T]) -> T:
        """Run ``function()`` and return its result or raise its error.

        Raises ``CallTimeout`` when it takes longer than ``timeout_seconds``, the
        wait for a free thread included, and ``CallRefused`` after ``stop()``.
        """

    def stop(self) -> None:
        """Let no further call begin; a running one is left to end by itself. Never waits."""


class _PlainThreads:
    def __init__(self, name: str, size: int) -> None:
        self._executor = concurrent.futures.ThreadPoolExecutor(size, thread_name_prefix=name)

    def call(self, timeout_seconds: float, function: Callable[[], T]) -> T:
        try:
            future = self._executor.submit(function)
        except RuntimeError as error:
            raise CallRefused(str(error)) from None
        done, _ = concurrent.futures.wait([future], timeout=timeout_seconds)
        if not done:
            future.cancel()
            raise CallTimeout(f"no answer within {timeout_seconds:g} s")
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise CallRefused("stopped before the call began") from None
        finally:
            # An error holds this frame, and the future the error.
            del done, future

    def stop(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


class _Call(Generic[T]):
    """One call: its function, whether anybody still wants it, and what it brought.

    An error is carried as a value, for gevent prints a traceback for each one that
    leaves a pool's function, also for those that the caller expects.
    """

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._error: BaseException | None = None
        self.wanted = True
        self.is_done = False

    def run(self) -> None:
        if self.wanted:
            try:
                self._result = self._function()
            except BaseException as error:  # noqa: BLE001 -- raised where the result is wanted
                self._error = error
            self.is_done = True

    def result(self) -> T:
        if self._error is not None:
            try:
                raise self._error
            finally:
                # The error holds the frame, and the frame this call.
                self._error = None
        if not self.wanted:
            raise CallRefused("stopped before the call began")
        return self._result


class _GreenThreads:
    def __init__(self, size: int) -> None:
        self._pool = ThreadPool(size)
        self._stopped = False

    def call(self, timeout_seconds: float, function: Callable[[], T]) -> T:
        if self._stopped:
            raise CallRefused("cannot begin a call after stop")
        call = _Call(function)
        late = gevent.Timeout(timeout_seconds)
        try:
            with late:
                self._pool.spawn(self._run, call).get()
        except gevent.Timeout as error:
            if error is not late:
                raise
            # A process that stood still for a while hears of the time before the result.
            if call.is_done:
                return call.result()
            # The pool takes in more calls than it has threads.
            call.wanted = False
            raise CallTimeout(f"no answer within {timeout_seconds:g} s") from None
        return call.result()

    def _run(self, call: _Call[T]) -> None:
        call.wanted = call.wanted and not self._stopped
        call.run()

    def stop(self) -> None:
        # ThreadPool.kill() would wait for the calls that run; without a size the
        # pool sends each thread away as it becomes idle.
        self._stopped = True
        self._pool.maxsize = 0


class _BoundGreenlet:
    def __init__(self) -> None:
        self._running: gevent.Greenlet | None = None

    def call(self, timeout_seconds: float, function: Callable[[], T]) -> T:
        self._end_running()
        call = _Call(function)
        self._running = running = gevent.spawn(call.run)
        if not running.ready():
            running.join(timeout_seconds)
        if not running.ready():
            self._end_running()
            raise CallTimeout(f"no answer within {timeout_seconds:g} s")
        return call.result()

    def _end_running(self) -> None:
        """End what is late; what it does in order to leave may block as well, and is ended too."""
        for _ in range(_KILLS):
            if self._running is None or self._running.ready():
                return
            self._running.kill(timeout=_KILL_SECONDS)


class Bound(Protocol):
    """One call at a time that may hang for ever, with an end for whoever waits for it."""

    def call(self, timeout_seconds: float, function: Callable[[], T]) -> T:
        """Run ``function()``, which waits without blocking others; return its result.

        Raises its error, and ``CallTimeout`` when it takes longer. A green thread's
        call is then ended; a plain process's runs on, and while it does, later calls
        wait for it, and time out too.
        """


_KILLS = 5
_KILL_SECONDS = 0.2


def bound(name: str) -> Bound:
    """Return a bound for calls; ``name`` shows in a plain process's thread list."""
    if monkey.is_module_patched("threading"):
        return _BoundGreenlet()
    return _PlainThreads(name, 1)


def real_threads(name: str, size: int) -> RealThreads:
    """Return ``size`` native threads; ``name`` shows in a plain process's thread list."""
    if monkey.is_module_patched("threading"):
        return _GreenThreads(size)
    return _PlainThreads(name, size)


def blocking(module: str, name: str) -> Callable[..., Any]:
    """Return a function as it is where gevent has patched nothing, for use in a real thread.

    What gevent puts in its place would begin a loop, and another thread, in each of them.
    """
    found: Callable[..., Any] = monkey.get_original(module, name)
    return found
