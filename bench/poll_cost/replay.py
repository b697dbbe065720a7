"""Many conversations with recorded answers, in one process and without SSH.

What is timed is what becomes of an answer, from its bytes to the sample, and of the sample, to
the message that shows it; what it takes to make the answer is not. Servers are polled one after
the other, so that nothing of one is in the processor's caches any more when its next turn comes.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass

from bench.poll_cost.ingest import Ingest
from bench.poll_cost.machine import Model, Recording, Talk
from bench.poll_cost.plan import PHASE_SECONDS
from bench.poll_cost.recorded import RecordedSession
from bench.poll_cost.recording import INTERVAL_SECONDS, LIMIT_SECONDS
from monserv.clock import ManualClock
from monserv.model.sample import Sample
from monserv.poll.conversation import Conversation
from monserv.poll.notebook import Notebook
from monserv.poll.watchdog import Watchdog


class _TimedTalk(Talk):
    """A talk that tells ``stopwatch`` how long it took to make its answers."""

    def __init__(self, model: Model, faults: Counter[str], stopwatch: _Stopwatch) -> None:
        super().__init__(model, Counter(), faults)
        self._stopwatch = stopwatch

    def say(self, data: bytes, seconds: int) -> bytes:
        began_at = time.thread_time_ns()
        said = super().say(data, seconds)
        self._stopwatch.nanoseconds += time.thread_time_ns() - began_at
        return said


@dataclass(slots=True)
class _Stopwatch:
    """CPU time that is no part of what is measured."""

    nanoseconds: int = 0


class _Hurry(threading.Event):
    """An event for which nobody waits."""

    def wait(self, _timeout: float | None = None) -> bool:
        return False


class Replay:
    """So many servers that were all recorded from one, each at another time of its life.

    ``faults`` counts what no recording has an answer to.
    """

    def __init__(self, recording: Recording, servers: int) -> None:
        self._clock = ManualClock()
        self._watchdog = Watchdog(self._clock)
        self.faults: Counter[str] = Counter()
        self._answering = _Stopwatch()
        model, hurry = Model(recording), _Hurry()
        self._conversations = []
        for index in range(servers):
            session = self._session(model, index * PHASE_SECONDS)
            notebook = Notebook(INTERVAL_SECONDS, index / servers, self._clock)
            self._conversations.append(Conversation(session, self._clock, hurry, notebook))
        self._ingest = Ingest(servers, INTERVAL_SECONDS, self._clock)
        self.samples: list[Sample | None] = [None] * servers

    def poll(self, index: int) -> float:
        """Poll a server; return the microseconds of CPU that its answer took."""
        before, began_at = self._answering.nanoseconds, time.thread_time_ns()
        # The sample before is let go of, as it is when a newer one takes its place.
        self.samples[index] = self._conversations[index].poll(self._watchdog.limit(LIMIT_SECONDS))
        answering = self._answering.nanoseconds - before
        return (time.thread_time_ns() - began_at - answering) / 1000

    def take(self, index: int) -> float:
        """Do what is done with a server's sample; return the microseconds of CPU for that."""
        sample = self.samples[index]
        return 0.0 if sample is None else self._ingest.take(index, sample)

    def advance(self) -> float:
        """Tell the state, and go on to the next round of polls.

        Returns the microseconds of CPU that the message took for each server.
        """
        spent = self._ingest.tell()
        self._clock.advance(INTERVAL_SECONDS)
        return spent

    def _session(self, model: Model, phase_seconds: int) -> RecordedSession:
        return RecordedSession(
            lambda: _TimedTalk(model, self.faults, self._answering),
            lambda: phase_seconds + int(self._clock.monotonic()),
        )
