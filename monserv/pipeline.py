"""The one screen where the stages meet: a poll's result in, state and news out."""

from __future__ import annotations

from monserv.alerts.engine import Engine
from monserv.clock import Clock
from monserv.db.journal import Journal
from monserv.model.alert import Transition
from monserv.model.poll import PollResult
from monserv.series.trends import Trends
from monserv.state import State
from monserv.stream.hub import Hub
from monserv.wire import legacy, messages

# The journal announces within this bound even when the disk does not answer.
SETTLE_SECONDS = 1.5


class Pipeline:
    """Called by many pollers at once; waits for neither disk nor network."""

    def __init__(
        self, *, state: State, trends: Trends, engine: Engine, hub: Hub, clock: Clock
    ) -> None:
        self._state = state
        self._trends = trends
        self._engine = engine
        self._hub = hub
        self._clock = clock

    def ingest(self, result: PollResult, journal: Journal) -> None:
        """Take in one poll's result: newest truth, what changed, row first, news second."""
        transitions = self._engine.observe(result, self._clock.monotonic())
        self._state.put(result, self._engine.active(result.server_id))
        self._trends.add(result)
        if transitions:
            journal.record(transitions)

    def announce(self, transition: Transition) -> None:
        """Tell everybody of a transition; the journal calls this once its row is durable."""
        self._hub.publish_event(messages.alert(transition))

    def broadcast(self, journal: Journal) -> None:
        """Send the newest state, after the alerts that its samples caused."""
        journal.settle(SETTLE_SECONDS)
        state_json = legacy.encode(self._state.snapshot())
        self._hub.publish_state(messages.metrics_update(state_json))
