from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monserv.alerts import lifecycle
from monserv.alerts.lifecycle import Condition, Phase, Reason


def test_a_value_at_the_threshold_raises_at_once_when_nothing_must_be_sustained() -> None:
    assert lifecycle.measured(lifecycle.OK, 80.0, 80.0, 0.0, now=5.0) == (
        lifecycle.FIRING,
        Reason.SUSTAINED,
    )


def test_a_value_just_below_the_threshold_raises_nothing() -> None:
    assert lifecycle.measured(lifecycle.OK, 79.999, 80.0, 0.0, now=5.0) == (
        lifecycle.OK,
        Reason.BELOW_THRESHOLD,
    )


def test_a_value_that_must_be_sustained_is_pending_until_it_was() -> None:
    first, reason = lifecycle.measured(lifecycle.OK, 95.0, 90.0, 60.0, now=0.0)
    assert (Condition(Phase.PENDING, 0.0), Reason.NOT_YET_SUSTAINED) == (first, reason)
    second, reason = lifecycle.measured(first, 95.0, 90.0, 60.0, now=59.9)
    assert reason is Reason.NOT_YET_SUSTAINED
    _, reason = lifecycle.measured(second, 95.0, 90.0, 60.0, now=60.0)
    assert reason is Reason.SUSTAINED


def test_one_value_below_the_threshold_starts_the_wait_anew() -> None:
    pending = Condition(Phase.PENDING, 0.0)
    quiet, _ = lifecycle.measured(pending, 89.0, 90.0, 60.0, now=30.0)
    again, reason = lifecycle.measured(quiet, 95.0, 90.0, 60.0, now=61.0)
    assert (again, reason) == (Condition(Phase.PENDING, 61.0), Reason.NOT_YET_SUSTAINED)


def test_a_firing_condition_clears_only_a_whole_percent_below_its_threshold() -> None:
    still, reason = lifecycle.measured(lifecycle.FIRING, 79.0, 80.0, 0.0, now=0.0)
    assert (still, reason) == (lifecycle.FIRING, Reason.STILL_ABOVE)
    clear, reason = lifecycle.measured(lifecycle.FIRING, 78.9, 80.0, 0.0, now=0.0)
    assert (clear, reason) == (lifecycle.OK, Reason.CLEARED)


def test_no_data_keeps_an_open_alert_open_and_lets_a_pending_one_go() -> None:
    assert lifecycle.unmeasured(lifecycle.FIRING) == lifecycle.UNKNOWN
    assert lifecycle.unmeasured(lifecycle.UNKNOWN) == lifecycle.UNKNOWN
    assert lifecycle.unmeasured(Condition(Phase.PENDING, 3.0)) == lifecycle.OK


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=60))
def test_raises_and_recoveries_alternate_whatever_is_measured(values: list[float | None]) -> None:
    condition, said = lifecycle.OK, []
    for now, value in enumerate(values):
        if value is None:
            condition = lifecycle.unmeasured(condition)
            continue
        condition, reason = lifecycle.measured(condition, value, 80.0, 2.0, float(now))
        if reason in {Reason.SUSTAINED, Reason.CLEARED}:
            said.append(reason)
    assert said == [Reason.SUSTAINED, Reason.CLEARED] * (len(said) // 2) + (
        [Reason.SUSTAINED] if len(said) % 2 else []
    )
