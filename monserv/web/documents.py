"""What everybody asks for again and again: how each of it is encoded, and when anew.

Nothing in it depends on when it is asked for, so it is encoded for all who see the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from monserv.clock import give_way
from monserv.feed import seeing
from monserv.model.snapshot import ServerView, Snapshot
from monserv.runtime import Runtime
from monserv.stream.client import View
from monserv.web.words import counted, summary
from monserv.wire import legacy, resources
from monserv.wire.encoding import encode

# So many take a millisecond or two.
_SERVERS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Key:
    """Which answer it is: ``number`` and ``details`` say of when, ``view`` what is seen."""

    number: int
    details: Hashable
    view: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """How one answer is encoded, and on what it depends."""

    encode: Callable[[Runtime, Snapshot], bytes]
    key: Callable[[Runtime, Snapshot, View], Key]


def _of_the_state(
    details: Callable[[Runtime], Hashable],
) -> Callable[[Runtime, Snapshot, View], Key]:
    """Return the key of what changes with the state, and with ``details``."""

    def key(runtime: Runtime, snapshot: Snapshot, tags: View) -> Key:
        return Key(snapshot.version, details(runtime), tuple(sorted(tags)))

    return key


def _of_an_interval(runtime: Runtime, snapshot: Snapshot, tags: View) -> Key:
    """Return the key of what is long, and in which a server changes once an interval.

    Who may see other servers than a moment ago sees those at once.
    """
    slot = int(runtime.clock.monotonic() / runtime.settings.poll_interval_seconds)
    return Key(slot, None, tuple(snapshot.seen_by(seeing(tags)).servers))


def _state(runtime: Runtime, seen: Snapshot) -> bytes:
    return legacy.encode(seen, runtime.records.server)


def _servers(runtime: Runtime, seen: Snapshot) -> bytes:
    rows = dict(_in_turns(seen, runtime.dashboards.rows.server, _SERVERS_AT_ONCE))
    shown = resources.servers(seen, lambda view: rows[view.server.id])
    return encode(resources.success(shown, counted(shown["total"], "server")))


def _alerts(runtime: Runtime, seen: Snapshot) -> bytes:
    is_recorded = runtime.journal.is_recorded
    active = [replace(alert, recorded=is_recorded(alert.event_id)) for alert in seen.alerts]
    shown = [resources.alert(alert) for alert in active]
    return encode(resources.success(shown, counted(len(active), "active alert")))


def _health(runtime: Runtime, seen: Snapshot) -> bytes:
    problem = runtime.journal.problem()
    message = summary(seen) if problem is None else f"{summary(seen)}. {problem}"
    return encode(resources.success(resources.health(seen, problem), message))


def _trends(runtime: Runtime, seen: Snapshot) -> bytes:
    def past(view: ServerView) -> Any:
        return runtime.pasts.trend(view.server.id, runtime.trends.past)

    runtime.pasts.forget_others(runtime.state.snapshot().servers)
    # There may be hundreds of points for each.
    shown = {"trends": dict(_in_turns(seen, past, at_once=1))}
    return encode(resources.success(shown, f"Trends of {counted(len(seen.servers), 'server')}"))


def _in_turns(
    seen: Snapshot, show: Callable[[ServerView], Any], at_once: int
) -> Iterator[tuple[str, Any]]:
    """Yield what is shown of each server, by its id; after ``at_once``, others go first."""
    for number, (server_id, view) in enumerate(seen.servers.items(), start=1):
        yield server_id, show(view)
        if number % at_once == 0:
            give_way()


# The endpoint of a view -> what it shows.
DOCUMENTS: Mapping[str, Document] = {
    "State.show_state": Document(_state, _of_the_state(lambda _: None)),
    "Servers.list_servers": Document(_servers, _of_the_state(lambda _: None)),
    "Alerts.list_active_alerts": Document(
        _alerts, _of_the_state(lambda runtime: runtime.journal.revision)
    ),
    "Health.show_health": Document(
        _health, _of_the_state(lambda runtime: runtime.journal.problem())
    ),
    "Trends.list_trends": Document(_trends, _of_an_interval),
}
