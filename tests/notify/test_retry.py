"""Patience grows and ends."""

from __future__ import annotations

from datetime import timedelta

from monserv.notify import retry
from tests.notify.world import minute


def test_each_failure_doubles_the_wait_up_to_half_an_hour() -> None:
    waits = [retry.delay_seconds(failures, lambda: 1.0) for failures in range(1, 13)]
    assert waits[:5] == [5.0, 10.0, 20.0, 40.0, 80.0]
    assert waits[-1] == 1800.0
    assert retry.delay_seconds(10**9, lambda: 1.0) == 1800.0


def test_chance_shortens_a_wait_by_half_at_most() -> None:
    assert retry.delay_seconds(3, lambda: 0.0) == 10.0
    assert retry.delay_seconds(3, lambda: 0.5) == 15.0


def test_a_channel_is_asked_again_within_a_minute() -> None:
    assert retry.channel_delay_seconds(1, lambda: 1.0) == 5.0
    assert retry.channel_delay_seconds(20, lambda: 1.0) == 60.0


def test_it_is_given_up_after_a_day_of_trying() -> None:
    begun, day = minute(0), timedelta(days=1)
    assert not retry.is_hopeless(begun, 1000, begun + day * 0.99)
    assert retry.is_hopeless(begun, 10, begun + day)
    # The machine slept for the weekend.
    assert not retry.is_hopeless(begun, 9, begun + 3 * day)
