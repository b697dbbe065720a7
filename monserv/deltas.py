"""What ``monserv.v2`` is told: each server as soon as it changes, alerts first."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monserv.clock import Clock, busy_seconds
from monserv.locks import short_lock
from monserv.model.alert import Alert, Kind, Transition
from monserv.model.server import Server
from monserv.model.snapshot import ServerView
from monserv.state import State
from monserv.stream.entries import Item, Notice, Veil
from monserv.stream.hub import Hub
from monserv.wire import messages
from monserv.wire.keyed import States

log = logging.getLogger(__name__)

# Publishing may take a fifth of the processor's time, however many servers and followers there
# are, and so much at once.
_SHARE = 0.2
_BURST_SECONDS = 0.05
_MAX_PAUSE_SECONDS = 1.0
_MAX_NAP_SECONDS = 60.0
# A change waits that long for the alerts that it caused: the journal announces within a
# second even when the disk does not answer.
_HOLD_SECONDS = 1.5


@dataclass(slots=True)
class _Hold:
    """How many alerts of a server are to be told before it is shown, and until when."""

    alerts: int
    until: float


class Items:
    """Servers as the channel wants them; safe for threads."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._states = States()

    def all(self) -> Mapping[str, Item]:
        """Return all servers as they are now, for the channel's ``load``."""
        servers = self._state.snapshot().servers
        self._states.forget_others(servers)
        return {name: self._item(view) for name, view in servers.items()}

    def some(self, server_ids: Iterable[str]) -> Mapping[str, Item | None]:
        """Return these servers as they are now, ``None`` for one that is gone."""
        servers = self._state.snapshot().servers
        views = {name: servers.get(name) for name in server_ids}
        if None in views.values():
            self._states.forget_others(servers)
        return {name: None if view is None else self._item(view) for name, view in views.items()}

    def rest(self) -> None:
        """Keep nothing, while nobody wants any."""
        self._states.forget_others(())

    def _item(self, view: ServerView) -> Item:
        server = view.server
        return Item(server.tags, self._states.state(view), server.url, _veil(server))


class Allowance:
    """How much of the processor publishing may take: at once while it takes little of it."""

    def __init__(self, now: float) -> None:
        self._left_seconds = _BURST_SECONDS
        self._counted_at = now

    def spend(self, seconds: float, now: float) -> float:
        """Take what was spent until ``now``; return after how many seconds there is some again."""
        earned = (now - self._counted_at) * _SHARE
        self._counted_at = now
        self._left_seconds = min(_BURST_SECONDS, self._left_seconds + earned) - seconds
        return min(max(0.0, -self._left_seconds / _SHARE), _MAX_PAUSE_SECONDS)


class Deltas:
    """The thread ``monserv-deltas``; while nobody follows it has nothing to do.

    ``changed`` and ``expect`` never wait, so that polls may call them.
    """

    def __init__(self, state: State, items: Items, hub: Hub, clock: Clock) -> None:
        self._state = state
        self._items = items
        self._hub = hub
        self._clock = clock
        self._lock = short_lock()
        self._dirty: set[str] = set()
        self._holds: dict[str, _Hold] = {}
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start telling."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="monserv-deltas", daemon=True)
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Stop telling."""
        self._stopping.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def adopt(self, server_ids: Iterable[str]) -> None:
        """Take in the alerts of these servers, which are open and told to nobody."""
        servers = self._state.snapshot().servers
        views = [servers[one] for one in server_ids if one in servers]
        found = [(alert, view.server.tags) for view in views for alert in view.alerts]
        found.sort(key=lambda each: each[0].triggered_at)
        self._hub.channel.adopt(_notice(alert, Kind.RAISED, tags) for alert, tags in found)

    def expect(self, server_id: str, alerts: int) -> None:
        """Show a server's next change only after so many alerts; called before the change."""
        if not alerts or not self._hub.channel.is_awake:
            return
        until = self._clock.monotonic() + _HOLD_SECONDS
        with self._lock:
            held = self._holds.get(server_id)
            self._holds[server_id] = _Hold(alerts + (held.alerts if held else 0), until)

    def changed(self, server_id: str) -> None:
        """Tell of a server soon: it has changed, is new, or is gone."""
        if not self._hub.channel.is_awake:
            return
        with self._lock:
            self._dirty.add(server_id)
        self._wanted.set()

    def announce(self, transition: Transition, tags: Iterable[str]) -> None:
        """Tell that an alert was raised or recovered to those who see ``tags``."""
        told = replace(transition.alert, subject=transition.subject, message=transition.message)
        self._hub.channel.announce(_notice(told, transition.kind, tags))
        server_id = transition.alert.server_id
        with self._lock:
            held = self._holds.get(server_id)
            if held is None:
                return
            held.alerts -= 1
            if held.alerts <= 0:
                del self._holds[server_id]
        self._wanted.set()

    def push(self, kind: Kind, subject: str, message: str, tags: Iterable[str] = ()) -> None:
        """Tell all, or who sees ``tags``, of an alert that is none, to see that it arrives."""
        document = messages.trial_alert(subject, message, self._clock.now())
        seen = frozenset(tags)
        self._hub.channel.announce(
            Notice("test", kind, document, False, server_id="" if seen else None, tags=seen)
        )

    def publish(self) -> None:
        """Tell what has changed and is not held back."""
        now = self._clock.monotonic()
        with self._lock:
            self._holds = {name: one for name, one in self._holds.items() if now < one.until}
            ready = self._dirty - self._holds.keys()
            self._dirty -= ready
        if not ready:
            return
        self._hub.channel.publish(self._items.some(sorted(ready)))

    def _run(self) -> None:
        nap_seconds = _MAX_NAP_SECONDS
        allowance = Allowance(self._clock.monotonic())
        while not self._stopping.is_set():
            self._wanted.wait(nap_seconds)
            self._wanted.clear()
            began_at = busy_seconds()
            try:
                self.publish()
                due_in_seconds = self._hub.channel.tend()
                if not self._hub.channel.is_awake:
                    self._items.rest()
            except Exception:
                # A bug in one message must not silence the stream.
                log.exception("changes could not be told")
                due_in_seconds = None
            pause_seconds = allowance.spend(busy_seconds() - began_at, self._clock.monotonic())
            if pause_seconds:
                self._stopping.wait(pause_seconds)
            nap_seconds = self._nap_seconds(due_in_seconds)

    def _nap_seconds(self, due_in_seconds: float | None) -> float:
        """Return how long nothing will be due unless something changes."""
        now = self._clock.monotonic()
        with self._lock:
            waits = [one.until - now for one in self._holds.values()]
        if due_in_seconds is not None:
            waits.append(due_in_seconds)
        return max(0.0, min(waits, default=_MAX_NAP_SECONDS))


def _veil(server: Server) -> Veil | None:
    """Return what hides a jump server from those who see the server alone, if anybody may."""
    seen = frozenset(tag for hop in server.hops[-1:] for tag in hop.tags)
    return Veil("jump", "", seen) if server.jump and not seen.issuperset(server.tags) else None


def _notice(alert: Alert, kind: Kind, tags: Iterable[str]) -> Notice:
    return Notice(
        alert.event_id,
        kind,
        messages.episode(alert),
        is_active=alert.is_active,
        server_id=alert.server_id,
        identity=alert.server_url,
        tags=frozenset(tags),
    )
