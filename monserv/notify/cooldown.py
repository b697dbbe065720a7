"""When an alert may be told again: at once the first time, then at most once a cooldown.

Pure. All that was and is to be told of one alert through one channel goes in, in the
order in which it happened; out comes what to do about each delivery that is open. A
raise within the cooldown waits for its end. What recovered meanwhile is not told, and
neither is its recovery; of several raises that wait the newest is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monserv.model.alert import Kind
from monserv.model.delivery import Delivery, DeliveryState
from monserv.model.telling import USUAL, Rule


class Step(StrEnum):
    """What to do about a delivery."""

    SEND = "send"
    WAIT = "wait"
    SKIP = "skip"


class Reason(StrEnum):
    """Why; as people read it in the delivery log."""

    FIRST = "nothing was told of this alert lately"
    UNDERWAY = "it may have been told already"
    STILL_FIRING = "the cooldown is over and the alert is still active"
    COOLDOWN = "the alert was told a short while ago"
    RECOVERED = "the alert recovered during its cooldown"
    NEWER = "the alert was raised again during its cooldown"
    TOLD = "the alert was told, and so is its recovery"
    AFTER_ALERT = "the alert itself is told first"
    NOT_TOLD = "the alert itself was not told"
    OFF = "this channel is switched off"
    MINOR = "this channel tells critical alerts alone"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A step, its reason, and until when to wait (``None``: until something changes)."""

    step: Step
    reason: Reason
    until: datetime | None = None


def judge(
    told: Sequence[Delivery], now: datetime, rule: Rule = USUAL
) -> dict[tuple[str, str, str], Verdict]:
    """Return the verdict on each open delivery of one alert, by its key."""
    verdicts: dict[tuple[str, str, str], Verdict] = {}
    recovered_at = {one.event_id: one.happened_at for one in told if one.kind is Kind.RECOVERED}
    raises = [one for one in told if one.kind is Kind.RAISED]
    steps: dict[str, Step] = {}
    quiet_until: datetime | None = None
    for place, one in enumerate(raises):
        verdict = _settled(one)
        if verdict is None:
            quiet = _bounded(quiet_until, now, rule.cooldown)
            newer = min((later.happened_at for later in raises[place + 1 :]), default=None)
            verdict = _not_wanted(one, rule) or _on_raise(
                one, quiet, recovered_at.get(one.event_id), newer, now
            )
            verdicts[one.key] = verdict
        steps[one.event_id] = verdict.step
        if verdict.step is Step.SEND:
            quiet_until = _told_at(one, quiet_until) + rule.cooldown
    for one in told:
        if one.kind is Kind.RECOVERED and one.is_open:
            raised = next((other for other in raises if other.event_id == one.event_id), None)
            verdicts[one.key] = _on_recovery(one, raised, steps.get(one.event_id), rule)
    return verdicts


def worth_keeping(
    told: Iterable[Delivery], now: datetime, cooldown: timedelta = USUAL.cooldown
) -> list[Delivery]:
    """Return what later verdicts on this alert may need."""
    told = list(told)
    over = {one.event_id for one in told if one.kind is Kind.RECOVERED and not one.is_open}
    return [
        one
        for one in told
        if one.is_open
        or one.finished_at is None
        or now - one.finished_at < cooldown
        or (one.kind is Kind.RAISED and one.event_id not in over)
    ]


def _settled(one: Delivery) -> Verdict | None:
    """Return whether a raise that is no longer open was told; ``None`` for an open one."""
    if one.is_open:
        return None
    if one.state is DeliveryState.SENT:
        return Verdict(Step.SEND, Reason.TOLD)
    return Verdict(Step.SKIP, Reason.NOT_TOLD)


def _on_raise(
    one: Delivery,
    quiet_until: datetime | None,
    recovered_at: datetime | None,
    newer_at: datetime | None,
    now: datetime,
) -> Verdict:
    if one.attempts > 0:
        return Verdict(Step.SEND, Reason.UNDERWAY)
    if quiet_until is None:
        return Verdict(Step.SEND, Reason.FIRST)
    if recovered_at is not None and recovered_at < quiet_until:
        return Verdict(Step.SKIP, Reason.RECOVERED)
    if newer_at is not None and newer_at < quiet_until:
        return Verdict(Step.SKIP, Reason.NEWER)
    if now < quiet_until:
        return Verdict(Step.WAIT, Reason.COOLDOWN, quiet_until)
    was_held = one.happened_at < quiet_until
    return Verdict(Step.SEND, Reason.STILL_FIRING if was_held else Reason.FIRST)


def _not_wanted(one: Delivery, rule: Rule) -> Verdict | None:
    """Return why a person does not want to be told; ``None`` when that is wanted."""
    if not rule.choice.is_on:
        return Verdict(Step.SKIP, Reason.OFF)
    return None if rule.tells(one.severity) else Verdict(Step.SKIP, Reason.MINOR)


def _on_recovery(one: Delivery, raised: Delivery | None, step: Step | None, rule: Rule) -> Verdict:
    # Of a raise from before the channel, or the outbox, existed nothing is known.
    if raised is None:
        return _not_wanted(one, rule) or Verdict(Step.SEND, Reason.FIRST)
    if not rule.choice.is_on:
        return Verdict(Step.SKIP, Reason.OFF)
    # Who was told of the alert is told of its end, whatever has been set meanwhile.
    if step is Step.SKIP:
        return Verdict(Step.SKIP, Reason.NOT_TOLD)
    if raised.is_open:
        return Verdict(Step.WAIT, Reason.AFTER_ALERT)
    return Verdict(Step.SEND, Reason.TOLD)


def _told_at(one: Delivery, quiet_until: datetime | None) -> datetime:
    if one.finished_at is not None:
        return one.finished_at
    return one.happened_at if quiet_until is None else max(one.happened_at, quiet_until)


def _bounded(quiet_until: datetime | None, now: datetime, cooldown: timedelta) -> datetime | None:
    """Let no clock that was set back make a cooldown longer than it is."""
    if quiet_until is not None and quiet_until - now > cooldown:
        return None
    return quiet_until
