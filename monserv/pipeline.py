"""The one screen where the stages meet: a poll's result in, state and news out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence

from monserv.alerts.engine import Engine
from monserv.clock import Clock
from monserv.dashboards import Dashboards
from monserv.db.journal import Journal
from monserv.deltas import Deltas
from monserv.feed import Feed, seeing
from monserv.model.alert import AlertType, Kind, Transition
from monserv.model.poll import Polled, PollResult
from monserv.model.polls import PollCount
from monserv.model.server import Server
from monserv.model.snapshot import ServerView, Snapshot
from monserv.series.trends import Trends
from monserv.state import State
from monserv.stream.client import EVERYTHING, View
from monserv.stream.hub import Hub
from monserv.wire import legacy, messages
from monserv.wire.fragments import Fragments

log = logging.getLogger(__name__)

# The journal announces within a second even when the disk does not answer.
SETTLE_SECONDS = 1.5
# A server that does not answer has its line in the log as soon as it is missed.
_LOGGED_BY_POLLERS = frozenset({AlertType.HOST, AlertType.HOST_KEY, AlertType.AUTHENTICATION})


def announcer(
    hub: Hub,
    state: State,
    deltas: Deltas,
    dashboards: Dashboards,
    notify: Callable[[Transition], None],
) -> Callable[[Transition], None]:
    """Return what the journal calls once a transition's row is durable.

    ``notify`` takes in what people are told; it never waits.
    """

    def announce(transition: Transition) -> None:
        tags = _tags(transition, state.snapshot())

        def may_hear(view: View) -> bool:
            return seeing(view).sees(tags)

        hub.publish_event(messages.alert(transition), may_hear)
        deltas.announce(transition, tags)
        dashboards.publish_alert(transition, may_hear)
        notify(transition)
        if transition.alert.type not in _LOGGED_BY_POLLERS:
            level = logging.WARNING if transition.kind is Kind.RAISED else logging.INFO
            log.log(level, "%s: %s", transition.subject, transition.message)

    return announce


def _tags(transition: Transition, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the tags that say who may hear of it: the server's own, or its last ones.

    Another server may have taken the id of one that was removed, and not its URL.
    """
    view = snapshot.servers.get(transition.alert.server_id)
    is_its_own = view is not None and view.server.url == transition.alert.server_url
    return view.server.tags if view is not None and is_its_own else transition.tags


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
        deltas: Deltas,
        dashboards: Dashboards,
        clock: Clock,
    ) -> None:
        self._state = state
        self._trends = trends
        self._engine = engine
        self._journal = journal
        self._hub = hub
        self._deltas = deltas
        self._dashboards = dashboards
        self._clock = clock
        # What ``/api/state`` shows of a server, too.
        records = legacy.Records()
        self.records = Fragments(records.server, records.forget_others)
        self._updates = Feed(state, self._metrics_update, clock)
        self.polls = PollCount()
        self.first_sample = threading.Event()

    def ingest(self, result: PollResult) -> None:
        """Take in what one poll brought: what changed, row first, news second; newest truth."""
        transitions = self._engine.observe(result, self._clock.monotonic())
        # First, so that no state message can show a sample before the alert that it caused.
        if transitions:
            self._record(result.server_id, transitions)
        self._state.put(result, self._engine.active(result.server_id))
        self._deltas.changed(result.server_id)
        self._trends.add(result)
        self.polls.add(has_sample=isinstance(result, Polled), late_seconds=result.late_seconds)
        if isinstance(result, Polled) and not self.first_sample.is_set():
            self.first_sample.set()

    def watch(self, server: Server) -> None:
        """Take in a server that is new or has changed; its poller is told after this."""
        now = self._clock.now()
        before = self._state.snapshot().servers.get(server.id)
        if before is not None and before.server.url != server.url:
            self._trends.forget(server.id)
        self._record(server.id, self._engine.watch(server, now))
        self._trends.watch(server.id)
        self._state.watch(server, now)
        self._deltas.changed(server.id)

    def forget(self, server_id: str) -> None:
        """Drop a server whose poller has been told to end; its open alerts close."""
        self._record(server_id, self._engine.forget(server_id, self._clock.now()))
        self._trends.forget(server_id)
        self._state.forget(server_id)
        self._deltas.changed(server_id)

    def hide(self, server_id: str) -> ServerView | None:
        """Let nobody see a server whose poller has been told to end; nothing of it is lost.

        Returns what was shown of it. ``forget`` makes it final, ``put_back`` undoes it.
        """
        view = self._state.hide(server_id)
        self._deltas.changed(server_id)
        return view

    def put_back(self, view: ServerView) -> None:
        """Show a server again as it was when it was hidden, with the alerts that are open."""
        self._state.put_back(view)
        self._state.adopt(view.server.id, self._engine.active(view.server.id))

    def restore(self, server_ids: Iterable[str] | None = None) -> tuple[Transition, ...]:
        """Take over the alerts that an earlier process left open; raises ``StorageError``.

        With ``server_ids`` those of these servers alone; otherwise the end of those that
        belong to nobody is returned.
        """
        alerts = self._journal.active_alerts()
        servers = self._state.snapshot().servers
        if server_ids is not None:
            urls = {servers[one].server.url for one in server_ids if one in servers}
            alerts = tuple(alert for alert in alerts if alert.server_url in urls)
        orphans = self._engine.restore(alerts, self._clock.now())
        for server_id in servers:
            self._state.adopt(server_id, self._engine.active(server_id))
            self._deltas.changed(server_id)
        self._deltas.adopt(servers)
        return orphans

    def broadcast(self) -> None:
        """Send the newest state, after the alerts that its samples caused."""
        self._journal.settle(SETTLE_SECONDS)
        self.records.forget_others(self._state.snapshot().servers)
        for view in self._hub.views():
            message = self.state_message(view)
            if message is not None:
                self._hub.publish_state(message, view)
        self._dashboards.publish()

    def state_message(self, view: View = EVERYTHING, *, is_spared: bool = False) -> bytes | None:
        """Return the newest state that ``view`` sees as a message; ``None`` before any sample.

        ``is_spared`` is as for ``Feed.message``.
        """
        if not self.first_sample.is_set():
            return None
        return self._updates.message(view, is_spared=is_spared)

    def _record(self, server_id: str, transitions: Sequence[Transition]) -> None:
        self._deltas.expect(server_id, len(transitions))
        self._journal.record(transitions)

    def _metrics_update(self, snapshot: Snapshot) -> bytes:
        return messages.metrics_update(legacy.encode(snapshot, self.records.server))
