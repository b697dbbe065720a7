"""A clock that was set is not believed for a while, and time that passes is no setting."""

from __future__ import annotations

from datetime import timedelta

from monserv.clock import ManualClock
from monserv.steadiness import JUMP_SECONDS, STEADY_SECONDS, Steadiness


def put(clock: ManualClock, change: timedelta) -> None:
    """Set the clock; time itself goes on as before."""
    clock._now += change


def test_a_clock_is_believed_once_it_has_held_for_a_while() -> None:
    clock = ManualClock()
    steadiness = Steadiness(clock)
    clock.advance(STEADY_SECONDS - 1)
    assert not steadiness.holds()
    clock.advance(1)
    assert steadiness.holds()


def test_one_that_is_set_either_way_has_to_hold_anew() -> None:
    clock = ManualClock()
    steadiness = Steadiness(clock)
    for change in (timedelta(days=365), timedelta(days=-365)):
        clock.advance(STEADY_SECONDS)
        assert steadiness.holds()
        put(clock, change)
        assert not steadiness.holds()
        clock.advance(STEADY_SECONDS - 1)
        assert not steadiness.holds()
    clock.advance(1)
    assert steadiness.holds()


def test_one_that_is_put_right_by_a_little_is_believed_all_along() -> None:
    clock = ManualClock()
    steadiness = Steadiness(clock)
    clock.advance(STEADY_SECONDS)
    put(clock, timedelta(seconds=JUMP_SECONDS))
    assert steadiness.holds()
