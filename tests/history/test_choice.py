"""How an answer is taken is a pure decision; there are never too many points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from monserv.history import choice
from monserv.history.choice import Wish
from monserv.model.rollup import Retention

NOW = 1_767_225_600.0
DAY = 86400.0
DEFAULT = Retention()


def chosen(
    back: float,
    span: float | None = None,
    *,
    step: int | None = None,
    most: int = 1000,
    retention: Retention = DEFAULT,
    interval: float = 4.0,
) -> tuple[str, int]:
    wish = Wish(NOW - back, NOW - back + (back if span is None else span), most, step)
    found = choice.from_tiers(wish, NOW, retention, interval)
    assert found is not None
    assert found.tier is not None
    assert found.step_seconds is not None
    return found.tier.name, found.step_seconds


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        (3600, ("1m", 60)),
        (6 * 3600, ("1m", 60)),
        (DAY, ("1m", 120)),
        (2 * DAY, ("1m", 300)),
        (3 * DAY, ("10m", 600)),
        (7 * DAY, ("10m", 1200)),
        (30 * DAY, ("1h", 3600)),
        (90 * DAY, ("1h", 10800)),
        (365 * DAY, ("1h", 43200)),
        (5000 * DAY, ("1h", 604800)),
    ],
)
def test_the_tier_is_the_coarsest_that_is_fine_enough_and_reaches_back(
    back: float, expected: tuple[str, int]
) -> None:
    assert chosen(back) == expected


def test_a_day_of_last_week_is_of_the_tier_that_still_has_it() -> None:
    assert chosen(7 * DAY, DAY) == ("10m", 600)
    assert chosen(60 * DAY, DAY) == ("1h", 3600)


def test_a_step_is_kept_to_as_far_as_points_and_tiers_allow() -> None:
    assert chosen(3600, step=90) == ("1m", 120)
    assert chosen(DAY, step=600) == ("10m", 600)
    assert chosen(DAY, step=5) == ("1m", 120)
    assert chosen(365 * DAY, step=86400) == ("1h", 86400)


def test_points_are_no_closer_than_polls() -> None:
    assert chosen(3600, interval=300.0) == ("1m", 300)


def test_a_tier_that_is_off_answers_nothing() -> None:
    assert chosen(3600, retention=Retention(0, 30, 730)) == ("10m", 600)
    assert chosen(365 * DAY, retention=Retention(2, 0, 0)) == ("1m", 43200)
    wish = Wish(NOW - 3600, NOW, 1000, None)
    assert choice.from_tiers(wish, NOW, Retention(0, 0, 0), 4.0) is None


@bounded(deadline=None)
@given(
    st.floats(0, 20000 * DAY),
    st.floats(0, 20000 * DAY),
    st.integers(10, 5000),
    st.none() | st.integers(1, 366 * 86400),
    st.floats(1, 86400),
)
def test_there_are_never_more_points_than_were_asked_for(
    back: float, span: float, most: int, step: int | None, interval: float
) -> None:
    start = max(0.0, NOW - back)
    wish = Wish(start, start + span, most, step)
    for found in (
        choice.from_tiers(wish, NOW, DEFAULT, interval),
        choice.in_memory(Wish(NOW - 900, NOW, most, step), interval),
    ):
        assert found is not None
        assert len(found.edges) - 1 <= most
        if found.step_seconds is not None:
            assert found.step_seconds >= (step or 0)
            assert found.edges[0] <= (wish.start if found.tier else NOW - 900)
