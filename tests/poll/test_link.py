"""A login is measured, renewed without a gap, and polled less often where it costs too much."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from monserv.clock import ManualClock
from monserv.errors import Cause, PollError, TurnedAway
from monserv.model.poll import Polled
from monserv.model.server import Reach
from monserv.poll import link, pace
from tests.poll.machine import NAS, Machine, Slots

DAY = 24 * 3600.0
REFUSED = PollError(Cause.AUTHENTICATION_FAILED, "The server refused the key")


@pytest.fixture
def machine() -> Machine:
    return Machine(ManualClock())


@pytest.fixture
def slots(machine: Machine) -> Slots:
    return Slots(machine)


def all_sampled(slots: Slots, count: int) -> bool:
    return all(isinstance(result, Polled) for result in slots.run(count))


class TestRenewal:
    def test_lets_go_of_the_old_login_once_the_new_one_has_answered(
        self, machine: Machine, slots: Slots
    ) -> None:
        assert all_sampled(slots, 3)
        machine.clock.advance(1.25 * DAY)
        assert all_sampled(slots, 1)
        old, new = machine.sessions
        assert (old.is_closed, new.is_closed) == (True, False)
        assert all_sampled(slots, 3)
        assert len(machine.sessions) == 2

    def test_comes_at_another_time_for_each_login_and_not_before_its_time(
        self, machine: Machine, slots: Slots, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for chance, day in ((0.0, 0.75), (1.0, 1.25)):
            monkeypatch.setattr(link, "_chance", lambda chance=chance: chance)
            slots.poller._link.hang_up()
            slots.run(1)
            before = len(machine.sessions)
            machine.clock.advance(day * DAY - 60)
            slots.run(1)
            assert len(machine.sessions) == before
            machine.clock.advance(120)
            slots.run(1)
            assert len(machine.sessions) == before + 1

    def test_that_fails_leaves_the_old_login_as_it_was(
        self, machine: Machine, slots: Slots, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert all_sampled(slots, 2)
        machine.refusal = REFUSED
        machine.clock.advance(1.25 * DAY)
        with caplog.at_level(logging.INFO):
            assert all_sampled(slots, 5)
        assert [one.is_closed for one in machine.sessions] == [False]
        assert len(machine.logins_at) == 2, "one try, and then a pause"
        assert "the login could not be renewed: The server refused the key" in caplog.text
        machine.refusal = None
        machine.clock.advance(link.RENEW_PAUSE_SECONDS)
        assert all_sampled(slots, 1)
        assert [one.is_closed for one in machine.sessions] == [True, False]

    def test_loses_nothing_that_was_counted(self, machine: Machine, slots: Slots) -> None:
        slots.run(20)
        before = slots.poller.footprint()
        machine.clock.advance(1.25 * DAY)
        slots.run(20)
        after = slots.poller.footprint()
        assert (before.polls, after.polls) == (20, 40)
        assert after.logins == 2
        assert before.forks is not None
        assert after.forks is not None
        assert after.forks >= before.forks


class TestFootprint:
    def test_counts_what_is_refused_and_what_is_turned_away(
        self, machine: Machine, slots: Slots
    ) -> None:
        machine.login_errors = [REFUSED]
        slots.run(1)
        machine.clock.advance(60)
        machine.login_errors = [TurnedAway(Cause.HOST_KEY_CHANGED, "Another key")]
        slots.run(1)
        machine.clock.advance(60)
        slots.run(1)
        found = slots.poller.footprint()
        assert (found.logins, found.refused_logins, found.broken_connections) == (1, 1, 1)
        assert found.log_lines == 4

    def test_of_this_machine_has_no_login(self, machine: Machine) -> None:
        here = Slots(machine, server=replace(NAS, reach=Reach.LOCAL))
        here.run(2)
        found = here.poller.footprint()
        assert (found.polls, found.logins, found.log_lines) == (2, 0, 0)

    def test_goes_on_over_sessions_that_break(self, machine: Machine, slots: Slots) -> None:
        slots.run(3)
        machine.sessions[0].break_off()
        slots.run(3)
        found = slots.poller.footprint()
        assert (found.polls, found.logins) == (6, 2)
        assert found.bytes_received >= 1000 * len(machine.asked)


class TestBudget:
    @pytest.fixture
    def dear(self, machine: Machine) -> Slots:
        """A server that has 2 % of a core to give."""
        slots = Slots(machine)
        slots.poller._pace = pace.Pace(4.0, 2.0)
        return slots

    def test_that_is_exceeded_doubles_the_interval_and_says_so(
        self, machine: Machine, dear: Slots, caplog: pytest.LogCaptureFixture
    ) -> None:
        # Hundredths of a second are seconds here: each question takes one.
        machine.cost = "0m0.00s 0m0.00s\n{1}m0.00s 0m0.00s\nforks {1}\n"
        with caplog.at_level(logging.WARNING):
            for _ in range(40):
                dear.run(1)
                dear.poller._weigh()
        found = dear.poller.footprint()
        assert found.is_slowed
        assert found.interval_seconds >= 8.0
        assert "of its CPU; it is polled every 8 s now" in caplog.text

    def test_that_holds_changes_nothing(self, machine: Machine, dear: Slots) -> None:
        machine.cost = "0m0.00s 0m0.00s\n0m0.00s 0m0.50s\nforks {1}\n"
        for _ in range(40):
            dear.run(1)
            dear.poller._weigh()
        found = dear.poller.footprint()
        assert (found.is_slowed, found.interval_seconds) == (False, 4.0)
