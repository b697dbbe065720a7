"""When each question is due: at its cadence, spread, and never made up for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.poll.cadences import CADENCE_SECONDS, HUNG_PAUSE_SECONDS, Agenda, Ask


def asked_in(agenda: Agenda, slots: int, interval: float, start: float = 100.0) -> list[set[Ask]]:
    """Ask whatever is due in each slot."""
    rounds = []
    for slot in range(slots):
        now = start + slot * interval
        due = agenda.due(now)
        for ask in sorted(due):
            agenda.asked(ask, now)
        rounds.append(due)
    return rounds


def test_everything_is_due_the_first_time_and_nothing_right_after() -> None:
    first, second = asked_in(Agenda(4.0, 0.5), 2, 4.0)
    assert first == set(Ask)
    assert second == set()


@given(st.floats(0, 1))
def test_each_question_comes_at_its_cadence(phase: float) -> None:
    rounds = asked_in(Agenda(4.0, phase), 451, 4.0)
    for ask, cadence in CADENCE_SECONDS.items():
        times = sum(ask in due for due in rounds[1:])
        assert times == pytest.approx(1800 / cadence, abs=1.01)


def test_the_questions_of_a_server_are_spread_over_its_slots() -> None:
    for phase in (0.0, 0.3, 0.7):
        rounds = asked_in(Agenda(4.0, phase), 300, 4.0)
        assert max(len(due) for due in rounds[1:]) <= 6
        slow = {ask for ask in Ask if CADENCE_SECONDS[ask] == 60}
        assert max(len(due & slow) for due in rounds[1:]) <= 2


def test_the_same_question_to_many_servers_is_spread_over_the_slots() -> None:
    slots: dict[int, int] = {}
    for number in range(100):
        rounds = asked_in(Agenda(4.0, number / 100), 30, 4.0)
        slot = next(slot for slot, due in enumerate(rounds[1:]) if Ask.UNITS in due)
        slots[slot] = slots.get(slot, 0) + 1
    assert len(slots) >= 7
    assert max(slots.values()) <= 25


def test_a_shorter_interval_asks_for_everything_more_often() -> None:
    assert Agenda(1.0, 0.0).cadence_seconds(Ask.UNITS) == 15
    assert Agenda(4.0, 0.0).cadence_seconds(Ask.UNITS) == 60
    assert Agenda(600.0, 0.0).cadence_seconds(Ask.UNITS) == 60


def test_a_longer_interval_asks_at_each_poll_what_is_due_by_then() -> None:
    rounds = asked_in(Agenda(120.0, 0.2), 10, 120.0)
    assert rounds == [set(Ask)] * 10


def test_time_that_was_slept_through_is_not_made_up_for() -> None:
    agenda = Agenda(4.0, 0.0)
    asked_in(agenda, 10, 4.0)
    late = asked_in(agenda, 10, 4.0, start=10_000.0)
    assert late[0] == set(Ask)
    assert sum(Ask.UNITS in due for due in late) == 1


def test_what_hung_is_asked_after_a_pause_and_then_at_its_cadence_again() -> None:
    agenda = Agenda(4.0, 0.0)
    agenda.asked(Ask.UNITS, 100.0)
    agenda.pause(Ask.UNITS, 100.0)
    assert Ask.UNITS not in agenda.due(100 + HUNG_PAUSE_SECONDS - 3)
    assert Ask.UNITS in agenda.due(100 + HUNG_PAUSE_SECONDS)
    agenda.asked(Ask.UNITS, 110.0)
    assert Ask.UNITS in agenda.due(170.0)


def test_what_is_hastened_is_due_at_once() -> None:
    agenda = Agenda(4.0, 0.0)
    agenda.asked(Ask.UNITS, 100.0)
    agenda.hasten(Ask.UNITS)
    assert Ask.UNITS in agenda.due(100.0)
