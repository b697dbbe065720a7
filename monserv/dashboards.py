"""What readers of event streams get: the whole dashboard, whenever there is news."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from monserv.clock import Clock, give_way
from monserv.db.journal import Journal
from monserv.feed import Feed, seeing
from monserv.model.alert import Transition
from monserv.model.snapshot import Snapshot
from monserv.state import State
from monserv.stream import events
from monserv.stream.client import View
from monserv.stream.forms import EVENT_STREAM
from monserv.stream.hub import Hub
from monserv.wire import resources
from monserv.wire.dashboard import dashboard
from monserv.wire.encoding import encode
from monserv.wire.fragments import Fragments

NAME = "dashboard"
_IDENTITY = re.compile(r"([0-9a-f]{1,64})-([0-9]{1,18})")


class Dashboards:
    """Makes the events, once for each view that has readers; safe for threads.

    An event's id is the epoch of this process and the version of the state, so a
    reader that comes back is known to have missed something, or not.
    ``journal`` is called when an event is made, for what is durable and what is not.
    """

    def __init__(
        self,
        *,
        state: State,
        hub: Hub,
        clock: Clock,
        epoch: str,
        journal: Callable[[], Journal],
    ) -> None:
        self._state = state
        self._hub = hub
        self._clock = clock
        self._epoch = epoch
        self._journal = journal
        # Lists show the same of a server.
        self.rows = Fragments(resources.server)
        self._feed = Feed(state, self._event, clock)

    def publish(self) -> None:
        """Send everybody how it is now."""
        self.rows.forget_others(self._state.snapshot().servers)
        for view in self._hub.views(EVENT_STREAM):
            self._hub.publish_state(self._feed.renewed(view), view, EVENT_STREAM)

    def publish_alert(self, transition: Transition, is_for: Callable[[View], bool]) -> None:
        """Send those who may hear of it how it is now that an alert was raised or recovered."""
        snapshot = self._state.snapshot().after(transition)
        for view in self._hub.views(EVENT_STREAM):
            if is_for(view):
                event = self._event(snapshot.seen_by(seeing(view)))
                self._hub.publish_state(event, view, EVENT_STREAM)
                # A storm of alerts must not keep everything else waiting.
                give_way()

    def greeting(self, view: View, last_event_id: str = "") -> bytes | None:
        """Return the event that a new reader gets at once.

        ``None`` when there is nothing newer than ``last_event_id``; one that is none
        of ours is as good as no one.
        """
        known = self._version(last_event_id)
        if known >= self._state.snapshot().version:
            return None
        return self._feed.message(view, is_spared=True, after=known)

    def _version(self, last_event_id: str) -> int:
        """Return the version of the state that a reader has; -1 for none."""
        found = _IDENTITY.fullmatch(last_event_id)
        return int(found[2]) if found is not None and found[1] == self._epoch else -1

    def _event(self, snapshot: Snapshot) -> bytes:
        journal = self._journal()
        alerts = [
            replace(alert, recorded=journal.is_recorded(alert.event_id))
            for alert in snapshot.alerts
        ]
        at, show = self._clock.now(), self.rows.server
        document = dashboard(snapshot, alerts, journal.problem(), at, show)
        return events.event(NAME, f"{self._epoch}-{snapshot.version}", encode(document))
