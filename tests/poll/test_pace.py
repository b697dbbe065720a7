from __future__ import annotations

from monserv.poll.pace import MAX_STEPS, Pace

# Four seconds apart, at most two per cent of a core: 80 ms a poll.
PACE = Pace(4.0, 2.0)


def test_what_costs_less_than_the_budget_is_asked_as_configured() -> None:
    assert PACE.after(cpu_seconds=15 * 0.079, polls=15) == PACE


def test_what_costs_more_is_asked_half_as_often() -> None:
    slower = PACE.after(cpu_seconds=15 * 0.081, polls=15)
    assert slower.stretched_seconds == 8.0


def test_it_slows_down_until_the_budget_holds_and_not_for_ever() -> None:
    pace = PACE
    for _ in range(10):
        pace = pace.after(cpu_seconds=15 * 0.3, polls=15)
    assert pace.stretched_seconds == 16.0
    for _ in range(10):
        pace = pace.after(cpu_seconds=15 * 100.0, polls=15)
    assert pace.steps == MAX_STEPS
    assert pace.stretched_seconds == 64.0


def test_it_speeds_up_again_only_when_the_faster_pace_would_hold() -> None:
    slow = Pace(4.0, 2.0, steps=1)
    assert slow.after(cpu_seconds=15 * 0.081, polls=15) == slow
    assert slow.after(cpu_seconds=15 * 0.080, polls=15) == PACE


def test_little_time_that_was_measured_decides_nothing() -> None:
    assert Pace(4.0, 0.0).after(0.0499, 10**6) == Pace(4.0, 0.0)
