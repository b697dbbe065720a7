"""The heartbeat of the streams: one state an interval, whatever servers do."""

from __future__ import annotations

import logging
import threading

from monserv.clock import Clock
from monserv.pipeline import Pipeline
from monserv.poll.schedule import Cadence

log = logging.getLogger(__name__)


class Broadcaster:
    """The thread ``monserv-broadcast``; the first sample goes out as soon as there is one."""

    def __init__(self, pipeline: Pipeline, clock: Clock, interval_seconds: float) -> None:
        self._pipeline = pipeline
        self._clock = clock
        self._interval_seconds = interval_seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start sending."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="monserv-broadcast", daemon=True)
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Stop sending."""
        self._stopping.set()
        self._pipeline.first_sample.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        self._beat_until(self._pipeline.first_sample)
        self._broadcast()
        self._beat_until(self._stopping)

    def _beat_until(self, over: threading.Event) -> None:
        """Send once an interval, from an interval after now on, until ``over``."""
        now = self._clock.monotonic()
        cadence = Cadence(now, self._interval_seconds)
        while not over.wait(max(0.0, cadence.next_after(now) - now)):
            self._broadcast()
            now = self._clock.monotonic()

    def _broadcast(self) -> None:
        if self._stopping.is_set():
            return
        try:
            self._pipeline.broadcast()
        except Exception:
            # A bug in one message must not silence the stream.
            log.exception("a state message could not be sent")
