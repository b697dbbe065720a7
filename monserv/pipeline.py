"""The one screen where the stages meet: a poll's result in, state and news out."""

from __future__ import annotations

import threading
from collections.abc import Callable

from monserv.alerts.engine import Engine
from monserv.clock import Clock
from monserv.db.journal import Journal
from monserv.model.alert import Transition
from monserv.model.poll import Polled, PollResult
from monserv.series.trends import Trends
from monserv.state import State
from monserv.stream.hub import Hub
from monserv.wire import legacy, messages

# The journal announces within a second even when the disk does not answer.
SETTLE_SECONDS = 1.5


def announcer(hub: Hub) -> Callable[[Transition], None]:
    """Return what the journal calls once a transition's row is durable."""
    return lambda transition: hub.publish_event(messages.alert(transition))


class Pipeline:
    """Called by many pollers at once; waits for neither disk nor network."""

    def __init__(
        self,
        *,
        state: State,
        trends: Trends,
        engine: Engine,
        journal: Journal,
        hub: Hub,
        clock: Clock,
    ) -> None:
        self._state = state
        self._trends = trends
        self._engine = engine
        self._journal = journal
        self._hub = hub
        self._clock = clock
        self.first_sample = threading.Event()

    def ingest(self, result: PollResult) -> None:
        """Take in what one poll brought: newest truth, what changed, row first, news second."""
        transitions = self._engine.observe(result, self._clock.monotonic())
        self._state.put(result, self._engine.active(result.server_id))
        self._trends.add(result)
        if transitions:
            self._journal.record(transitions)
        if isinstance(result, Polled):
            self.first_sample.set()

    def broadcast(self) -> None:
        """Send the newest state, after the alerts that its samples caused."""
        self._journal.settle(SETTLE_SECONDS)
        state_json = legacy.encode(self._state.snapshot())
        self._hub.publish_state(messages.metrics_update(state_json))
