"""From poll results to transitions: raises once, recovers once, forgets nothing.

The engine holds what is true now; what was said about it is the journal's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from monserv.alerts import lifecycle, reach, rules, words
from monserv.alerts.lifecycle import Condition, Reason
from monserv.alerts.open_alerts import OpenAlerts, closed
from monserv.alerts.words import Ending
from monserv.locks import short_lock
from monserv.model.alert import Alert, Transition
from monserv.model.poll import Missed, Polled, PollResult
from monserv.model.server import Server
from monserv.model.settings import Thresholds


class Watched:
    """The alerts and conditions of one server; not safe for threads, the engine is."""

    def __init__(
        self, server: Server, thresholds: Thresholds, new_event_id: Callable[[], str]
    ) -> None:
        self.alerts = OpenAlerts(server, new_event_id)
        self._thresholds = thresholds
        self._conditions: dict[str, Condition] = {}

    def adopt(self, alert: Alert) -> None:
        """Take over an alert that was open when an earlier process ended."""
        key = self.alerts.adopt(alert)
        if alert.type in words.MEASURED:
            self._conditions[key] = lifecycle.UNKNOWN

    def unmeasured(self) -> None:
        """Take note that there is no data: what is open stays open."""
        for key in list(self._conditions):
            self._keep(key, lifecycle.unmeasured(self._conditions[key]))

    def missed(self, result: Missed) -> list[Transition]:
        """Decide on a poll without data."""
        self.unmeasured()
        return reach.missed(self.alerts, result)

    def close_all(
        self, at: datetime, worded: Callable[[str], words.Words]
    ) -> tuple[Transition, ...]:
        """Close whatever is open, since nobody will measure it again."""
        self._conditions.clear()
        return tuple(
            self.alerts.close(key, at, worded(alert.subject), Reason.ITEM_GONE)
            for key, alert in self.alerts.items()
        )

    def sampled(self, result: Polled, monotonic: float) -> list[Transition]:
        """Decide on a sample that arrived at ``monotonic``."""
        sample, at = result.sample, result.at
        self.alerts.hostname = sample.hostname or self.alerts.server.name
        transitions = reach.answered(self.alerts, result)
        # What is low and was never high is what it was: nothing to decide.
        with_low = bool(self._conditions)
        readings = rules.readings(sample, self._thresholds, with_low=with_low)
        if not readings and not with_low:
            return transitions
        seen = set()
        for reading in readings:
            seen.add(reading.key)
            transitions += self._measure(reading, at, monotonic)
        for key in [key for key in self._conditions if key not in seen]:
            transitions += self._absent(key, result, monotonic)
        return transitions

    def _absent(self, key: str, result: Polled, monotonic: float) -> list[Transition]:
        """Decide on what is tracked but was not among the readings of a good sample."""
        alert = self.alerts.get(key)
        if alert is not None:
            ending = rules.ending(key, alert, result.sample)
            if ending is not None:
                return [self._end(key, alert, ending, result.at)]
            small = rules.beyond_the_largest(key, alert, result.sample, self._thresholds)
            if small is not None:
                return self._measure(small, result.at, monotonic)
        self._keep(key, lifecycle.unmeasured(self._conditions[key]))
        return []

    def _measure(self, reading: rules.Reading, at: datetime, monotonic: float) -> list[Transition]:
        key, host = reading.key, self.alerts.hostname
        phrases = words.MEASURED[reading.type]
        transitions = []
        alert = self.alerts.get(key)
        if alert is not None and alert.incarnation != reading.incarnation:
            transitions.append(self._end(key, alert, Ending.GONE, at))
        condition, reason = lifecycle.measured(
            self._conditions.get(key, lifecycle.OK),
            reading.value,
            reading.threshold,
            reading.for_seconds,
            monotonic,
        )
        self._keep(key, condition)
        if reason is Reason.SUSTAINED:
            said = phrases.raised(host, reading.item, reading.value, reading.threshold)
            transitions.append(
                self.alerts.open(
                    key,
                    reading.type,
                    at,
                    said,
                    item=reading.item,
                    incarnation=reading.incarnation,
                )
            )
        elif reason is Reason.CLEARED:
            said = phrases.recovered(host, reading.item, reading.value)
            transitions.append(self.alerts.close(key, at, said, reason))
        return transitions

    def _end(self, key: str, alert: Alert, ending: Ending, at: datetime) -> Transition:
        self._conditions.pop(key, None)
        said = words.ended(alert.type, self.alerts.hostname, alert.item, ending)
        return self.alerts.close(key, at, said, Reason.ITEM_GONE)

    def _keep(self, key: str, condition: Condition) -> None:
        if condition == lifecycle.OK:
            self._conditions.pop(key, None)
        else:
            self._conditions[key] = condition


class Engine:
    """Decides for all servers; safe for many pollers."""

    def __init__(
        self, servers: Iterable[Server], thresholds: Thresholds, new_event_id: Callable[[], str]
    ) -> None:
        self._lock = short_lock()
        self._thresholds = thresholds
        self._new_event_id = new_event_id
        self._watched = {server.id: self._begun(server) for server in servers}

    def watch(self, server: Server, now: datetime) -> tuple[Transition, ...]:
        """Decide for ``server`` from now on, in place of the one with its id if there is one.

        What is open stays open, also while it is paused. Returns the closing of what
        was said about another URL.
        """
        with self._lock:
            before = self._watched.get(server.id)
            if before is not None and before.alerts.server.url == server.url:
                before.alerts.rename(server)
                if not server.is_active:
                    before.unmeasured()
                return ()
            self._watched[server.id] = self._begun(server)
            return before.close_all(now, words.moved) if before is not None else ()

    def forget(self, server_id: str, now: datetime) -> tuple[Transition, ...]:
        """Decide for a server no longer; return the closing of what was open."""
        with self._lock:
            before = self._watched.pop(server_id, None)
            return before.close_all(now, words.unwatched) if before is not None else ()

    def restore(self, alerts: Iterable[Alert], now: datetime) -> tuple[Transition, ...]:
        """Take over the alerts that were open when an earlier process ended.

        They stay open until data says otherwise. Returns the closing of those
        whose server is no longer watched.
        """
        orphans = []
        with self._lock:
            by_url = {watched.alerts.server.url: watched for watched in self._watched.values()}
            for alert in alerts:
                watched = by_url.get(alert.server_url)
                if watched is not None:
                    watched.adopt(alert)
                else:
                    said = words.unwatched(alert.subject)
                    orphans.append(closed(alert, now, said, Reason.ITEM_GONE))
        return tuple(orphans)

    def observe(self, result: PollResult, monotonic: float) -> tuple[Transition, ...]:
        """Return what ``result``, which arrived at ``monotonic``, changed.

        Nothing when its server is no longer there, or paused.
        """
        with self._lock:
            watched = self._watched.get(result.server_id)
            if watched is None or not watched.alerts.server.is_active:
                return ()
            if isinstance(result, Polled):
                return tuple(watched.sampled(result, monotonic))
            return tuple(watched.missed(result))

    def active(self, server_id: str) -> tuple[Alert, ...]:
        """Return a server's open alerts, oldest first; none for an unknown server."""
        with self._lock:
            watched = self._watched.get(server_id)
            return watched.alerts.all() if watched is not None else ()

    def _begun(self, server: Server) -> Watched:
        return Watched(server, self._thresholds, self._new_event_id)
