"""An alert is told at once, and then at most once a cooldown; nothing that lasts is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.model.alert import Kind, Severity
from monserv.model.delivery import Delivery, DeliveryState
from monserv.model.telling import Choice, Rule
from monserv.notify import cooldown
from monserv.notify.cooldown import Reason, Step, Verdict
from monserv.notify.shelf import Key, Shelf
from tests.notify.world import minute, raised, recovered, sent

HELD = Verdict(Step.WAIT, Reason.COOLDOWN, minute(30))


def verdicts(told: list[Delivery], now: float) -> dict[str, Verdict]:
    """Return the verdicts by event and kind."""
    found = cooldown.judge(told, minute(now))
    return {f"{event} {kind}": verdict for (_, event, kind), verdict in found.items()}


FIRST = sent(raised("a", 0), 0)
FIRST_OVER = [FIRST, sent(recovered("a", 5), 5)]
FAILED = replace(raised("a", 0), state=DeliveryState.FAILED, finished_at=minute(1))
SKIPPED = replace(raised("b", 10), state=DeliveryState.SKIPPED, finished_at=minute(12))

TABLE: list[tuple[str, list[Delivery], float, dict[str, Verdict]]] = [
    (
        "the first is told at once",
        [raised("a", 0)],
        0,
        {"a alert": Verdict(Step.SEND, Reason.FIRST)},
    ),
    (
        "the recovery of what is told is told at once",
        [FIRST, recovered("a", 5)],
        5,
        {"a recovery": Verdict(Step.SEND, Reason.TOLD)},
    ),
    (
        "an alert is told before its recovery",
        [raised("a", 0), recovered("a", 5)],
        5,
        {
            "a alert": Verdict(Step.SEND, Reason.FIRST),
            "a recovery": Verdict(Step.WAIT, Reason.AFTER_ALERT),
        },
    ),
    ("one that comes back waits", [*FIRST_OVER, raised("b", 10)], 10, {"b alert": HELD}),
    ("it waits to the end", [*FIRST_OVER, raised("b", 10)], 29.9, {"b alert": HELD}),
    (
        "at the end it is told",
        [*FIRST_OVER, raised("b", 10)],
        30,
        {"b alert": Verdict(Step.SEND, Reason.STILL_FIRING)},
    ),
    (
        "one that recovers meanwhile is not told, and neither is its recovery",
        [*FIRST_OVER, raised("b", 10), recovered("b", 12)],
        12,
        {
            "b alert": Verdict(Step.SKIP, Reason.RECOVERED),
            "b recovery": Verdict(Step.SKIP, Reason.NOT_TOLD),
        },
    ),
    (
        "also when it is looked at long after",
        [*FIRST_OVER, raised("b", 10), recovered("b", 12)],
        90,
        {
            "b alert": Verdict(Step.SKIP, Reason.RECOVERED),
            "b recovery": Verdict(Step.SKIP, Reason.NOT_TOLD),
        },
    ),
    (
        "the next one waits for the same end",
        [*FIRST_OVER, SKIPPED, raised("c", 20)],
        20,
        {"c alert": HELD},
    ),
    (
        "of two that wait the newest is told",
        [*FIRST_OVER, raised("b", 10), raised("c", 20)],
        30,
        {
            "b alert": Verdict(Step.SKIP, Reason.NEWER),
            "c alert": Verdict(Step.SEND, Reason.STILL_FIRING),
        },
    ),
    (
        "after the cooldown everything is new",
        [*FIRST_OVER, raised("b", 31)],
        31,
        {"b alert": Verdict(Step.SEND, Reason.FIRST)},
    ),
    (
        "what could not be told starts no cooldown",
        [FAILED, raised("b", 10)],
        10,
        {"b alert": Verdict(Step.SEND, Reason.FIRST)},
    ),
    (
        "the recovery of what could not be told is not told",
        [FAILED, recovered("a", 10)],
        10,
        {"a recovery": Verdict(Step.SKIP, Reason.NOT_TOLD)},
    ),
    (
        "what may have been told already is told for certain",
        [*FIRST_OVER, raised("b", 31, attempts=1), recovered("b", 32)],
        33,
        {
            "b alert": Verdict(Step.SEND, Reason.UNDERWAY),
            "b recovery": Verdict(Step.WAIT, Reason.AFTER_ALERT),
        },
    ),
    (
        "what waits for its turn starts a cooldown",
        [raised("a", 0), recovered("a", 1), raised("b", 2)],
        3,
        {
            "a alert": Verdict(Step.SEND, Reason.FIRST),
            "a recovery": Verdict(Step.WAIT, Reason.AFTER_ALERT),
            "b alert": HELD,
        },
    ),
    (
        "a recovery of which nothing is known is told",
        [recovered("a", 5)],
        5,
        {"a recovery": Verdict(Step.SEND, Reason.FIRST)},
    ),
    (
        "a clock that was set back by a day delays nothing",
        [*FIRST_OVER, raised("b", -1440)],
        -1440,
        {"b alert": Verdict(Step.SEND, Reason.FIRST)},
    ),
]


@pytest.mark.parametrize(
    ("told", "now", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_verdict(told: list[Delivery], now: float, expected: dict[str, Verdict]) -> None:
    told = sorted(told, key=lambda one: (one.happened_at, one.kind is Kind.RECOVERED))
    assert verdicts(told, now) == expected


# Each episode: how long after the end of the one before it begins, and how long it lasts.
EPISODES = st.lists(st.tuples(st.integers(6, 3000), st.integers(6, 3000)), max_size=20)


def played(episodes: list[tuple[int, int]], *, restarts: bool) -> list[tuple[float, Delivery]]:
    """Let an alert flap and a channel take whatever is due; return what was told, and when."""
    events, at = [], 0.0
    for number, (pause_seconds, lasts_seconds) in enumerate(episodes):
        events.append(raised(f"e{number}", at + pause_seconds / 60))
        at += (pause_seconds + lasts_seconds) / 60
        events.append(recovered(f"e{number}", at))
    shelf, told, everything = Shelf(), [], dict[Key, Delivery]()
    while events or shelf.next_at() is not None:
        planned = [shelf.next_at(), events[0].happened_at if events else None]
        now = min(one for one in planned if one is not None)
        news = [events.pop(0)] if events and events[0].happened_at <= now else []
        if restarts:
            shelf, news = Shelf(), [*everything.values(), *news]
        everything |= {one.key: one for one in [*news, *shelf.put(news, now)]}
        due, decided = shelf.take(now)
        while due is not None:
            told.append(((now - minute(0)) / timedelta(minutes=1), due))
            done = replace(due, state=DeliveryState.SENT, attempts=1, finished_at=now)
            decided += [done, *shelf.put([done], now)]
            due, more = shelf.take(now)
            decided += more
        everything |= {one.key: one for one in decided}
    assert [one for one in everything.values() if one.is_open] == []
    assert shelf.open_count == 0
    return told


@pytest.mark.parametrize("restarts", [False, True])
@given(episodes=EPISODES)
def test_flapping_never_storms_and_what_lasts_is_told(
    episodes: list[tuple[int, int]], *, restarts: bool
) -> None:
    told = played(episodes, restarts=restarts)
    raises = [at for at, one in told if one.kind is Kind.RAISED]
    assert all(later - earlier >= 29.999 for earlier, later in pairwise(raises))
    events = [one.event_id for _, one in told if one.kind is Kind.RAISED]
    assert [one.event_id for _, one in told if one.kind is Kind.RECOVERED] == events
    assert events[:1] == ["e0"][: len(episodes)]
    lasting = [f"e{number}" for number, (_, lasts) in enumerate(episodes) if lasts > 1800]
    assert set(lasting) <= set(events)


def test_what_later_verdicts_need_is_kept_and_nothing_else() -> None:
    over = [FIRST, sent(recovered("a", 5), 5)]
    assert cooldown.worth_keeping(over, minute(29)) == over
    assert cooldown.worth_keeping(over, minute(40)) == []
    assert cooldown.worth_keeping([FIRST], minute(9999)) == [FIRST]
    assert cooldown.worth_keeping([raised("b", 0)], minute(9999)) == [raised("b", 0)]


OFF = Rule(choice=Choice(is_on=False))
CRITICAL = Rule(choice=Choice(min_severity=Severity.CRITICAL))
WARNING = {"severity": Severity.WARNING}


@pytest.mark.parametrize(
    ("told", "rule", "expected"),
    [
        ([raised("a", 0)], OFF, {"a alert": (Step.SKIP, Reason.OFF)}),
        # Tried before, and off by now: nobody wants the next attempt.
        ([raised("a", 0, attempts=2)], OFF, {"a alert": (Step.SKIP, Reason.OFF)}),
        ([FIRST, recovered("a", 5)], OFF, {"a recovery": (Step.SKIP, Reason.OFF)}),
        ([recovered("a", 5)], OFF, {"a recovery": (Step.SKIP, Reason.OFF)}),
        ([raised("a", 0)], CRITICAL, {"a alert": (Step.SEND, Reason.FIRST)}),
        (
            [raised("a", 0, **WARNING), recovered("a", 5, **WARNING)],
            CRITICAL,
            {"a alert": (Step.SKIP, Reason.MINOR), "a recovery": (Step.SKIP, Reason.NOT_TOLD)},
        ),
        ([recovered("a", 5, **WARNING)], CRITICAL, {"a recovery": (Step.SKIP, Reason.MINOR)}),
        # Told before anybody set it: its end is told, too.
        (
            [sent(raised("a", 0, **WARNING), 0), recovered("a", 5, **WARNING)],
            CRITICAL,
            {"a recovery": (Step.SEND, Reason.TOLD)},
        ),
        (
            [*FIRST_OVER, raised("b", 10)],
            Rule(cooldown=timedelta(minutes=10)),
            {"b alert": (Step.SEND, Reason.FIRST)},
        ),
        (
            [*FIRST_OVER, raised("b", 10)],
            Rule(cooldown=timedelta(0)),
            {"b alert": (Step.SEND, Reason.FIRST)},
        ),
        (
            [*FIRST_OVER, raised("b", 40)],
            Rule(cooldown=timedelta(hours=1)),
            {"b alert": (Step.WAIT, Reason.COOLDOWN)},
        ),
    ],
)
def test_what_a_person_has_set_decides(
    told: list[Delivery], rule: Rule, expected: dict[str, tuple[Step, Reason]]
) -> None:
    found = cooldown.judge(told, minute(40), rule)
    assert {
        f"{event} {kind}": (verdict.step, verdict.reason)
        for (_, event, kind), verdict in found.items()
    } == expected


def test_a_shelf_that_follows_another_rule_decides_anew_about_what_waits() -> None:
    shelf = Shelf()
    shelf.put([*FIRST_OVER, raised("b", 10)], minute(10))
    assert shelf.next_at() == minute(30)
    assert shelf.follow(Rule(cooldown=timedelta(minutes=12)), minute(11)) == []
    assert shelf.next_at() == minute(12)
    (decided,) = shelf.follow(OFF, minute(11))
    assert (decided.state, decided.last_error) == (
        DeliveryState.SKIPPED,
        "This channel is switched off",
    )
    assert (shelf.open_count, shelf.take(minute(60))) == (0, (None, []))
