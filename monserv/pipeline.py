"""The one screen where the stages meet: a poll's result in, state and news out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from monserv.alerts.engine import Engine
from monserv.clock import Clock
from monserv.db.journal import Journal
from monserv.model.alert import AlertType, Kind, Transition
from monserv.model.poll import Polled, PollResult
from monserv.series.trends import Trends
from monserv.state import State
from monserv.stream.hub import Hub
from monserv.wire import legacy, messages

log = logging.getLogger(__name__)

# The journal announces within a second even when the disk does not answer.
SETTLE_SECONDS = 1.5
# A server that does not answer has its line in the log as soon as it is missed.
_LOGGED_BY_POLLERS = frozenset({AlertType.HOST, AlertType.HOST_KEY, AlertType.AUTHENTICATION})
# Greeting newcomers may take a twentieth of the time, however many come back at once.
ENCODING_PAUSE_FACTOR = 20.0


def announcer(hub: Hub) -> Callable[[Transition], None]:
    """Return what the journal calls once a transition's row is durable."""

    def announce(transition: Transition) -> None:
        hub.publish_event(messages.alert(transition))
        if transition.alert.type not in _LOGGED_BY_POLLERS:
            level = logging.WARNING if transition.kind is Kind.RAISED else logging.INFO
            log.log(level, "%s: %s", transition.subject, transition.message)

    return announce


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
        self._message_lock = threading.Lock()
        self._message: _StateMessage | None = None
        self.first_sample = threading.Event()

    def ingest(self, result: PollResult) -> None:
        """Take in what one poll brought: what changed, row first, news second; newest truth."""
        transitions = self._engine.observe(result, self._clock.monotonic())
        # First, so that no state message can show a sample before the alert that it caused.
        if transitions:
            self._journal.record(transitions)
        self._state.put(result, self._engine.active(result.server_id))
        self._trends.add(result)
        if isinstance(result, Polled):
            self.first_sample.set()

    def broadcast(self) -> None:
        """Send the newest state, after the alerts that its samples caused."""
        self._journal.settle(SETTLE_SECONDS)
        message = self.state_message()
        if message is not None:
            self._hub.publish_state(message)

    def state_message(self, *, is_spared: bool = False) -> bytes | None:
        """Return the newest state as a message; ``None`` before any sample.

        It is encoded once for all who ask while nothing changes. With ``is_spared``
        a slightly older one will do when there is so much to encode that many who
        ask would keep the process busy with it.
        """
        if not self.first_sample.is_set():
            return None
        with self._message_lock:
            asked_at = self._clock.monotonic()
            snapshot = self._state.snapshot()
            held = self._message
            if held is not None and (
                held.version == snapshot.version or (is_spared and asked_at < held.spared_until)
            ):
                return held.payload
            payload = messages.metrics_update(legacy.encode(snapshot))
            done_at = self._clock.monotonic()
            spared_until = done_at + (done_at - asked_at) * ENCODING_PAUSE_FACTOR
            self._message = _StateMessage(snapshot.version, payload, spared_until)
            return payload


@dataclass(frozen=True, slots=True)
class _StateMessage:
    """A state that was encoded, of which version, and until when it will do (monotonic)."""

    version: int
    payload: bytes
    spared_until: float
