"""What one channel is still to be told, and when; knows no thread, no clock, no disk.

Deliveries lie together by alert, for the cooldown decides on them together, and an
agenda says when to look at which alert. Not safe for threads: the outbox is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monserv.model.alert import Kind
from monserv.model.delivery import Delivery, DeliveryState
from monserv.model.telling import USUAL, Rule
from monserv.notify import cooldown
from monserv.notify.cooldown import Step
from monserv.notify.retry import LONGEST_SECONDS

Key = tuple[str, str, str]


class Shelf:
    """The deliveries of one channel. ``open_count`` is how many may still be tried."""

    def __init__(self, rule: Rule = USUAL) -> None:
        self.rule = rule
        self._alerts: dict[str, dict[Key, Delivery]] = {}
        self._agenda: list[tuple[datetime, str]] = []
        self._look_at: dict[str, datetime] = {}
        self._in_hand: Key | None = None
        self.open_count = 0

    def follow(self, rule: Rule, now: datetime) -> list[Delivery]:
        """Decide by another rule from now on; return what was thereby decided."""
        self.rule = rule
        waiting = [
            alert_id
            for alert_id, alert in self._alerts.items()
            if any(one.is_open for one in alert.values())
        ]
        return [decided for alert_id in waiting for decided in self._plan(alert_id, now)]

    def has(self, one: Delivery) -> bool:
        """Whether this delivery is known."""
        return one.key in self._alerts.get(one.alert_id, {})

    def put(self, found: Iterable[Delivery], now: datetime) -> list[Delivery]:
        """Take in new or changed deliveries; return those that were thereby decided."""
        touched: dict[str, None] = {}
        for one in found:
            alert = self._alerts.setdefault(one.alert_id, {})
            before = alert.get(one.key)
            self.open_count += one.is_open - (before is not None and before.is_open)
            alert[one.key] = one
            if one.key == self._in_hand:
                self._in_hand = None
            touched[one.alert_id] = None
        return [decided for alert_id in touched for decided in self._plan(alert_id, now)]

    def take(self, now: datetime) -> tuple[Delivery | None, list[Delivery]]:
        """Return what is to be tried now, if anything, and what was decided on the way.

        Nothing else is handed out until it has been ``put`` back.
        """
        decided: list[Delivery] = []
        while self._in_hand is None and self._agenda and self._agenda[0][0] <= now:
            when, alert_id = heapq.heappop(self._agenda)
            if self._look_at.get(alert_id) != when:
                continue
            del self._look_at[alert_id]
            decided += self._plan(alert_id, now)
            due = self._due(alert_id, now)
            if due is not None:
                self._in_hand = due.key
                return due, decided
        return None, decided

    def next_at(self) -> datetime | None:
        """Return when to look again, ``None`` when nothing is planned."""
        if self._in_hand is not None or not self._agenda:
            return None
        return self._agenda[0][0]

    def _plan(self, alert_id: str, now: datetime) -> list[Delivery]:
        """Decide on an alert's deliveries and note when to look at it again."""
        alert = self._alerts[alert_id]
        verdicts = cooldown.judge(_in_order(alert), now, self.rule)
        decided = []
        for key, verdict in verdicts.items():
            if verdict.step is Step.SKIP and key != self._in_hand:
                decided.append(_skipped(alert[key], verdict.reason, now))
                alert[key] = decided[-1]
                self.open_count -= 1
        times = [
            _soon(alert[key], now) if verdict.step is Step.SEND else verdict.until
            for key, verdict in verdicts.items()
            if verdict.step is not Step.SKIP and key != self._in_hand
        ]
        planned = [at for at in times if at is not None]
        self._keep(alert_id, now)
        if planned:
            self._note(alert_id, min(planned))
        return decided

    def _due(self, alert_id: str, now: datetime) -> Delivery | None:
        alert = self._alerts.get(alert_id, {})
        for key, verdict in cooldown.judge(_in_order(alert), now, self.rule).items():
            if verdict.step is Step.SEND and _soon(alert[key], now) <= now:
                return alert[key]
        return None

    def _note(self, alert_id: str, when: datetime) -> None:
        if self._look_at.get(alert_id) != when:
            self._look_at[alert_id] = when
            heapq.heappush(self._agenda, (when, alert_id))

    def _keep(self, alert_id: str, now: datetime) -> None:
        told = _in_order(self._alerts[alert_id])
        kept = cooldown.worth_keeping(told, now, self.rule.cooldown)
        if kept:
            self._alerts[alert_id] = {one.key: one for one in kept}
        else:
            del self._alerts[alert_id]
            self._look_at.pop(alert_id, None)


def _in_order(alert: dict[Key, Delivery]) -> list[Delivery]:
    return sorted(alert.values(), key=lambda one: (one.happened_at, one.kind is Kind.RECOVERED))


def _soon(one: Delivery, now: datetime) -> datetime:
    """Return when it is due; a clock that was set back delays nothing for long."""
    return now if one.due_at - now > timedelta(seconds=LONGEST_SECONDS) else one.due_at


def _skipped(one: Delivery, reason: str, now: datetime) -> Delivery:
    return replace(
        one, state=DeliveryState.SKIPPED, finished_at=now, last_error=str(reason).capitalize()
    )
