"""Many conversations with recorded answers, in one process and without SSH.

What is timed is what becomes of an answer, from its bytes to the sample, and of the sample, to
the message that shows it; what it takes to make the answer is not. Servers are polled one after
the other, so that nothing of one is in the processor's caches any more when its next turn comes.
"""

from __future__ import annotations

import threading
import time
from collections import Counter

from bench.poll_cost.ingest import Ingest
from bench.poll_cost.machine import Model, Recording, Talk
from bench.poll_cost.plan import PHASE_SECONDS
from bench.poll_cost.recording import INTERVAL_SECONDS, LIMIT_SECONDS
from monserv.clock import Clock, ManualClock
from monserv.model.sample import Sample
from monserv.poll.conversation import Conversation
from monserv.poll.notebook import Notebook
from monserv.poll.watchdog import Watchdog
from monserv.ssh.transport import Traffic


class _Shell:
    """A shell whose answers are there at once; ``making`` is the time that they took."""

    making = 0

    def __init__(self, talk: Talk, clock: Clock, phase: int) -> None:
        self._talk = talk
        self._clock = clock
        self._phase = phase
        self._ready = b""

    def sendall(self, data: bytes, /) -> None:
        began_at = time.thread_time_ns()
        self._ready += self._talk.say(data, self._phase + int(self._clock.monotonic()))
        _Shell.making += time.thread_time_ns() - began_at

    def recv(self, nbytes: int, /) -> bytes:
        ready, self._ready = self._ready, b""
        if len(ready) > nbytes:
            ready, self._ready = ready[:nbytes], ready[nbytes:]
        return ready

    def settimeout(self, seconds: float | None, /) -> None:
        pass

    def close(self) -> None:
        pass


class _Session:
    """A session on a recorded machine."""

    def __init__(self, model: Model, clock: Clock, phase: int, faults: Counter[str]) -> None:
        self._model, self._faults = model, faults
        self._clock = clock
        self._phase = phase

    def open_shell(self) -> _Shell:
        talk = Talk(self._model, Counter(), self._faults)
        return _Shell(talk, self._clock, self._phase)

    def may_rest(self, _seconds: float, /) -> bool:
        return False

    def rest(self, _seconds: float, /) -> bool:
        return False

    def traffic(self) -> Traffic:
        return Traffic(0, 0)

    def abort(self) -> None:
        pass

    def close(self) -> None:
        pass


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
        model, hurry = Model(recording), _Hurry()
        self._conversations = []
        for index in range(servers):
            session = _Session(model, self._clock, index * PHASE_SECONDS, self.faults)
            notebook = Notebook(INTERVAL_SECONDS, index / servers, self._clock)
            self._conversations.append(Conversation(session, self._clock, hurry, notebook))
        self._ingest = Ingest(servers, INTERVAL_SECONDS, self._clock)
        self.samples: list[Sample | None] = [None] * servers

    def poll(self, index: int) -> float:
        """Poll a server; return the microseconds of CPU that its answer took."""
        made, began_at = _Shell.making, time.thread_time_ns()
        # The sample before is let go of, as it is when a newer one takes its place.
        self.samples[index] = self._conversations[index].poll(self._watchdog.limit(LIMIT_SECONDS))
        return (time.thread_time_ns() - began_at - (_Shell.making - made)) / 1000

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
