"""When to poll, and when to try a login: pure decisions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.poll.schedule import (
    FAILURE_WINDOW_SECONDS,
    MAX_FAILURES,
    MAX_RETRY_SECONDS,
    Backoff,
    Cadence,
    FailureBudget,
)

FIRST = st.floats(0, 1e7)
INTERVAL = st.floats(0.5, 3600)
LATER = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("now", "expected"), [(0, 10), (9.9, 10), (10, 14), (11, 14), (14, 18), (30.5, 34)]
)
def test_slots_are_at_a_fixed_interval(now: float, expected: float) -> None:
    assert Cadence(10, 4).next_after(now) == expected


@given(first=FIRST, interval=INTERVAL, later=LATER)
def test_the_next_slot_is_after_now_by_at_most_an_interval(
    first: float, interval: float, later: float
) -> None:
    now = first + later
    following = Cadence(first, interval).next_after(now)
    assert now < following <= now + interval * 1.00001


@given(first=FIRST, interval=INTERVAL, count=st.integers(1, 50))
def test_walking_from_slot_to_slot_meets_each_once_and_drifts_nowhere(
    first: float, interval: float, count: int
) -> None:
    cadence = Cadence(first, interval)
    now = first
    for _ in range(count):
        now = cadence.next_after(now)
    assert now == pytest.approx(first + count * interval)


@given(first=FIRST, interval=INTERVAL, number=st.integers(0, 1000), slept=st.floats(0, 0.99))
def test_a_poll_that_ends_within_its_slot_missed_no_other(
    first: float, interval: float, number: int, slept: float
) -> None:
    due = first + number * interval
    assert Cadence(first, interval).slots_between(due, due + slept * interval * 0.999) == 0


@given(interval=INTERVAL, number=st.integers(0, 1000), slots=st.integers(0, 100))
def test_slots_that_were_overslept_are_counted(interval: float, number: int, slots: int) -> None:
    cadence = Cadence(0.0, interval)
    due = number * interval
    assert cadence.slots_between(due, due + (slots + 0.5) * interval) == slots


def test_nothing_lies_between_a_moment_and_an_earlier_one() -> None:
    assert Cadence(0, 4).slots_between(100, 8) == 0


def test_backoff_doubles_with_jitter_up_to_a_bound() -> None:
    backoff, waits = Backoff(), []
    assert backoff.allows(0)
    for _ in range(8):
        backoff = backoff.failed(100.0, 1.0)
        waits.append(backoff.retry_at - 100)
    assert waits == [2, 4, 8, 16, 30, 30, 30, 30]
    assert not backoff.allows(129.9)
    assert backoff.allows(130)
    assert Backoff().failed(100.0, 0.0).retry_at == 101


@given(st.lists(st.floats(0, 1), max_size=60))
def test_no_wait_is_longer_than_the_bound(jitters: list[float]) -> None:
    backoff = Backoff()
    for jitter in jitters:
        backoff = backoff.failed(0.0, jitter)
        assert 0 < backoff.retry_at <= MAX_RETRY_SECONDS


@given(st.lists(st.floats(0, 120), max_size=100))
def test_no_window_ever_sees_more_failures_than_allowed(gaps: list[float]) -> None:
    budget, now = FailureBudget(), 0.0
    failures: list[float] = []
    for gap in gaps:
        now += gap
        if budget.allows(now):
            budget = budget.failed(now)
            failures.append(now)
    for index in range(len(failures) - MAX_FAILURES):
        span = failures[index + MAX_FAILURES] - failures[index]
        assert span >= FAILURE_WINDOW_SECONDS


def test_a_budget_says_how_long_to_wait_and_when_it_is_over() -> None:
    budget = FailureBudget().failed(100.0)
    assert (budget.wait_seconds(100.0), budget.is_over(100.0)) == (0, False)
    budget = budget.failed(160.0)
    assert budget.wait_seconds(200.0) == FAILURE_WINDOW_SECONDS - 100
    assert budget.wait_seconds(100 + FAILURE_WINDOW_SECONDS) == 0
    assert not budget.is_over(100 + FAILURE_WINDOW_SECONDS)
    assert budget.is_over(160 + FAILURE_WINDOW_SECONDS)
