"""What a poller makes of each slot, and that nothing ends its thread but a stop."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from monserv.clock import ManualClock, SystemClock
from monserv.errors import Cause, PollError, TurnedAway
from monserv.model.poll import Missed, Polled, PollResult
from monserv.model.server import Server
from monserv.poll.courtesy import Courtesy
from monserv.poll.link import LOGIN_LIMIT_SECONDS
from monserv.poll.poller import Poller
from monserv.poll.schedule import FAILURE_WINDOW_SECONDS, Cadence
from monserv.poll.watchdog import Limit, Watchdog
from monserv.ssh.credentials import HungUpError
from monserv.ssh.session import Lease
from tests.poll.machine import NAS, FakeSession, Machine, Slots
from tests.waiting import eventually

REFUSED = PollError(Cause.AUTHENTICATION_FAILED, "The server refused the password")
DOWN = PollError(Cause.UNREACHABLE, "Connection refused")


@pytest.fixture
def machine() -> Machine:
    return Machine(ManualClock())


@pytest.fixture
def slots(machine: Machine) -> Slots:
    return Slots(machine)


def kinds(results: list[PollResult]) -> str:
    return "".join("+" if isinstance(result, Polled) else "-" for result in results)


def test_one_session_serves_every_slot(machine: Machine, slots: Slots) -> None:
    assert kinds(slots.run(10)) == "+" * 10
    assert len(machine.sessions) == 1
    assert len(machine.sessions[0].shells) == 1


def test_a_poll_says_how_long_after_its_slot_it_began(machine: Machine, slots: Slots) -> None:
    assert [result.late_seconds for result in slots.run(2)] == [0.0, 0.0]
    due = machine.clock.monotonic()
    machine.clock.advance(0.25)
    assert slots.poller._one_slot(due).late_seconds == 0.25

    machine.refusal = PollError(Cause.UNREACHABLE, "no route")
    slots.poller._link.hang_up()
    machine.clock.advance(0.25)
    assert slots.poller._one_slot(due).late_seconds > 0.25


def test_a_session_that_broke_is_opened_again_in_the_same_slot(
    machine: Machine, slots: Slots
) -> None:
    slots.run(2)
    machine.sessions[0].break_off()
    assert kinds(slots.run(2)) == "++"
    assert [session.is_closed for session in machine.sessions] == [True, False]


def test_what_hangs_up_on_the_password_twice_in_ten_minutes_is_taken_for_refused(
    machine: Machine, slots: Slots
) -> None:
    hung_up = HungUpError(Cause.UNREACHABLE, "The server hung up on the password")
    machine.login_errors = [hung_up] * 5
    causes = [one.cause for one in slots.run(20) if isinstance(one, Missed)]
    assert causes[0] is Cause.UNREACHABLE
    assert causes[-1] is Cause.AUTHENTICATION_FAILED
    assert len(machine.logins_at) == 2
    machine.login_errors.clear()
    machine.clock.advance(FAILURE_WINDOW_SECONDS)
    assert kinds(slots.run(2)) == "++"


def test_what_went_wrong_keeps_nothing_that_only_the_search_for_garbage_would_end(
    machine: Machine, slots: Slots
) -> None:
    slots.run()
    machine.login_errors = [PollError(Cause.UNREACHABLE, "no route") for _ in range(9)]
    machine.sessions[0].break_off()
    gc.collect()
    gc.disable()
    try:
        # Some of these log in, and the others only repeat what went wrong then.
        assert kinds(slots.run(9)) == "-" * 9
        assert 1 < len(machine.logins_at) < 9
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_password_that_is_not_judged_in_time_is_shown_twice_in_ten_minutes(
    machine: Machine, slots: Slots, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep_waiting(_: Server, lease: Lease) -> FakeSession:
        machine.logins_at.append(machine.clock.monotonic())
        assert isinstance(lease, Limit)
        lease.expire()
        raise HungUpError(Cause.UNREACHABLE, "The server hung up on it", is_password=True)

    monkeypatch.setattr(machine, "open", keep_waiting)
    misses = [one for one in slots.run(20) if isinstance(one, Missed)]
    # It may be slow, and right: nothing says that it is refused.
    assert {(one.cause, one.text) for one in misses} == {
        (Cause.UNREACHABLE, "The server did not judge the password within 9 s")
    }
    assert (len(misses), len(machine.logins_at)) == (20, 2)
    assert slots.poller.footprint().refused_logins == 2
    machine.clock.advance(FAILURE_WINDOW_SECONDS)
    slots.run(1)
    assert len(machine.logins_at) == 3


def test_misses_are_counted_and_a_sample_starts_the_count_anew(
    machine: Machine, slots: Slots
) -> None:
    slots.run()
    machine.refusal = DOWN
    machine.sessions[0].break_off()
    misses = slots.run(3)
    assert [(one.missed_polls, one.text) for one in misses if isinstance(one, Missed)] == [
        (1, "Connection refused"),
        (2, "Connection refused"),
        (3, "Connection refused"),
    ]
    machine.refusal = None
    assert kinds(slots.run(10)).endswith("+")
    machine.refusal = DOWN
    machine.sessions[-1].break_off()
    (miss,) = slots.run()
    assert isinstance(miss, Missed)
    assert miss.missed_polls == 1


def test_a_frozen_server_is_given_up_at_the_limit_and_counts_the_slots_it_ate(
    machine: Machine, slots: Slots
) -> None:
    slots.run()
    machine.silent = True
    (miss,) = slots.run()
    assert isinstance(miss, Missed)
    assert (miss.cause, miss.text) == (Cause.TIMED_OUT, "No complete answer within 8 s")
    assert miss.missed_polls == 3
    assert machine.sessions[0].is_closed
    machine.silent = False
    assert kinds(slots.run()) == "+"


def test_logins_to_a_dead_server_are_spread_and_never_given_up(
    machine: Machine, slots: Slots
) -> None:
    machine.refusal = DOWN
    slots.run(150)
    gaps = [b - a for a, b in zip(machine.logins_at, machine.logins_at[1:], strict=False)]
    assert max(gaps) <= 30 + 4
    assert all(gap >= 15 for gap in gaps[5:])
    assert 600 / 34 < len(machine.logins_at) < 45


def test_a_refused_password_is_tried_twice_in_ten_minutes(machine: Machine, slots: Slots) -> None:
    machine.refusal = REFUSED
    results = slots.run(148)
    assert len(machine.logins_at) == 2
    assert {(one.cause, one.text) for one in results if isinstance(one, Missed)} == {
        (Cause.AUTHENTICATION_FAILED, "The server refused the password")
    }
    slots.run(900)
    tried = machine.logins_at
    assert len(tried) > 4
    for first, third in zip(tried, tried[2:], strict=False):
        assert third - first >= FAILURE_WINDOW_SECONDS


CHANGED = TurnedAway(Cause.HOST_KEY_CHANGED, "It shows another key")


def test_a_changed_key_is_looked_at_twice_in_ten_minutes(machine: Machine, slots: Slots) -> None:
    machine.refusal = CHANGED
    results = slots.run(600)
    assert {one.text for one in results if isinstance(one, Missed)} == {str(CHANGED)}
    tried = machine.logins_at
    assert len(tried) >= 4
    for first, third in zip(tried, tried[2:], strict=False):
        assert third - first >= FAILURE_WINDOW_SECONDS


def test_connections_of_others_to_the_same_place_count_too(machine: Machine, slots: Slots) -> None:
    for _ in range(2):
        slots.courtesy.turned_away(NAS, CHANGED, machine.clock.monotonic())
    (miss,) = slots.run()
    assert isinstance(miss, Missed)
    assert (miss.cause, miss.text) == (Cause.HOST_KEY_CHANGED, str(CHANGED))
    assert machine.logins_at == []
    machine.clock.advance(FAILURE_WINDOW_SECONDS)
    assert kinds(slots.run()) == "+"


def test_once_its_key_is_taken_a_server_is_tried_in_the_next_slot(
    machine: Machine, slots: Slots
) -> None:
    machine.refusal = CHANGED
    slots.run(5)
    assert len(machine.logins_at) == 2
    machine.refusal, machine.key_is_taken = None, True
    assert kinds(slots.run()) == "+"


def test_a_key_that_is_taken_does_not_hurry_what_else_fails(machine: Machine, slots: Slots) -> None:
    machine.refusal = CHANGED
    slots.run(5)
    machine.refusal, machine.key_is_taken = DOWN, True
    slots.run(100)
    assert len(machine.logins_at) < 30


def test_who_asks_for_a_try_now_gets_one_and_the_next_only_after_a_while(
    machine: Machine, slots: Slots
) -> None:
    machine.refusal = REFUSED
    slots.run(5)
    assert len(machine.logins_at) == 2
    assert slots.poller.urge() == 0
    slots.run(5)
    assert len(machine.logins_at) == 3
    machine.clock.advance(60)
    assert slots.poller.urge() == 0
    assert 0 < slots.poller.urge() <= 5
    machine.refusal = None
    assert kinds(slots.run()) == "+"


def test_a_server_that_answers_is_not_asked_more_often(machine: Machine, slots: Slots) -> None:
    slots.run(2)
    assert slots.poller.urge() == 0
    machine.refusal = REFUSED
    machine.sessions[0].break_off()
    slots.run(5)
    assert len(machine.logins_at) == 3


def test_an_error_that_is_raised_for_days_does_not_grow(machine: Machine, slots: Slots) -> None:
    machine.refusal = CHANGED
    slots.run(100)
    assert slots.poller._last_error is not None
    traceback, depth = slots.poller._last_error.__traceback__, 0
    while traceback is not None:
        traceback, depth = traceback.tb_next, depth + 1
    assert depth < 10


def test_a_login_whose_shell_ends_at_once_is_not_repeated_in_every_slot(
    machine: Machine, slots: Slots
) -> None:
    machine.spoil = lambda answer: b"garbage"
    machine.silent = True
    for _ in range(100):
        machine.last_words = b"nologin\n"
        slots.run()
    assert len(machine.logins_at) < 35


def test_a_session_without_a_shell_is_closed(machine: Machine, slots: Slots) -> None:
    machine.max_shells = 0
    (miss,) = slots.run()
    assert isinstance(miss, Missed)
    assert miss.cause is Cause.SHELL_UNUSABLE
    assert [session.is_closed for session in machine.sessions] == [True]


def test_a_hung_df_where_one_shell_is_allowed_costs_the_disks_and_not_the_server(
    machine: Machine, slots: Slots
) -> None:
    machine.max_shells = 1
    slots.run()
    machine.df_hangs = True
    results = slots.run(15)
    assert kinds(results) == "+" * 15
    assert [one.sample.disks for one in results[12:] if isinstance(one, Polled)] == [None] * 3
    # One that answered, and the one that hangs.
    assert machine.count("disks") == 2
    assert len(machine.sessions) == 2


def test_words_of_the_server_are_inert_and_bounded_in_an_error(
    machine: Machine, slots: Slots, caplog: pytest.LogCaptureFixture
) -> None:
    machine.refusal = PollError(Cause.UNREACHABLE, "it said: a\nFORGED\x1b[2J" + "x" * 65536)
    (miss,) = slots.run()
    assert isinstance(miss, Missed)
    assert miss.text.startswith("it said: a\\x0aFORGED\\x1b[2Jx")
    assert len(miss.text) < 600
    assert caplog.messages == [f"nas: {miss.text}"]


def test_the_same_trouble_is_logged_once_and_its_end_too(
    machine: Machine, slots: Slots, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monserv")
    machine.refusal = DOWN
    slots.run(20)
    machine.refusal = None
    slots.run(10)
    assert caplog.messages == ["nas: Connection refused", "nas: answers again"]


def test_an_outage_in_ever_other_words_has_a_line_a_minute_and_a_refusal_its_own(
    machine: Machine, slots: Slots, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monserv")
    for number in range(12):
        machine.refusal = PollError(Cause.UNREACHABLE, f"Another trouble: {number}")
        slots.run(5)
    warnings = [line for line in caplog.messages if "trouble" in line]
    # 240 s, in which it is tried at times that chance has a part in.
    assert 2 <= len(warnings) <= 5
    machine.refusal = REFUSED
    slots.run(20)
    refusals = [line for line in caplog.messages if "refused" in line]
    assert refusals == ["nas: The server refused the password"]


def test_an_unforeseen_error_is_a_miss_and_lets_go_of_the_session(
    machine: Machine, slots: Slots, caplog: pytest.LogCaptureFixture
) -> None:
    slots.run()

    def fail(answer: bytes) -> bytes:
        raise LookupError("a bug")

    machine.spoil = fail
    (miss,) = slots.run()
    assert isinstance(miss, Missed)
    assert (miss.cause, miss.text) == (Cause.BAD_OUTPUT, "monserv failed: LookupError")
    assert machine.sessions[0].is_closed
    assert "unforeseen" in caplog.text


# From here on real threads and real time.


class HangingLogin:
    """Opens no session; waits until it is aborted, as a login on a frozen server does."""

    def __init__(self) -> None:
        self.is_waiting = threading.Event()
        self.aborted_after: list[float] = []

    def open(self, server: Server, lease: Lease) -> FakeSession:
        began_at = time.monotonic()
        aborted = threading.Event()
        lease.hold(aborted.set)
        self.is_waiting.set()
        assert aborted.wait(20), "nobody aborted it"
        self.aborted_after.append(time.monotonic() - began_at)
        raise PollError(Cause.UNREACHABLE, "The connection ended during the SSH handshake")

    def forgive(self, server: Server) -> None: ...

    def takes_key(self, server: Server) -> bool:
        return False


class Running:
    """A poller that runs."""

    def __init__(self, opener: HangingLogin | Machine, interval_seconds: float = 0.05) -> None:
        self.results: list[PollResult] = []
        self.ingest: Callable[[PollResult], None] = self.results.append
        clock = SystemClock()
        self.watchdog = Watchdog(clock)
        self.watchdog.start()
        self.poller = Poller(
            NAS,
            Cadence(clock.monotonic(), interval_seconds),
            opener=opener,
            watchdog=self.watchdog,
            courtesy=Courtesy(),
            clock=clock,
            ingest=self._take,
        )
        self.poller.start()

    def _take(self, result: PollResult) -> None:
        self.ingest(result)

    def stop(self, timeout_seconds: float = 5.0) -> float:
        """Stop it and return how long that took."""
        began_at = time.monotonic()
        self.poller.request_stop()
        self.poller.join(timeout_seconds)
        seconds = time.monotonic() - began_at
        self.watchdog.stop(5)
        assert not self.poller.is_alive
        return seconds


@pytest.fixture
def run() -> Iterator[Callable[[HangingLogin | Machine], Running]]:
    all_of_them: list[Running] = []

    def run(opener: HangingLogin | Machine) -> Running:
        all_of_them.append(Running(opener))
        return all_of_them[-1]

    yield run
    for running in all_of_them:
        running.stop()


Run = Callable[[HangingLogin | Machine], Running]


@pytest.mark.timed
def test_a_stop_wakes_a_poller_in_its_login(run: Run) -> None:
    login = HangingLogin()
    running = run(login)
    assert login.is_waiting.wait(30)
    assert running.stop() < 1
    assert running.results == []


def test_a_try_that_is_asked_for_does_not_wait_for_the_next_slot(machine: Machine) -> None:
    machine.refusal = DOWN
    running = Running(machine, interval_seconds=30)
    try:
        assert eventually(lambda: len(running.results) == 1)
        assert running.poller.urge() == 0
        assert eventually(lambda: len(running.results) == 2)
    finally:
        running.stop()


def test_a_key_that_was_accepted_does_not_wait_for_the_next_slot(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.poll.poller.KEY_CHECK_SECONDS", 0.05)
    machine.refusal = CHANGED
    running = Running(machine, interval_seconds=30)
    try:
        assert eventually(lambda: len(running.results) == 1)
        machine.refusal, machine.key_is_taken = DOWN, True
        assert eventually(lambda: len(running.results) == 2)
    finally:
        running.stop()


def test_a_login_that_hangs_is_ended_by_the_watchdog_within_ten_seconds(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LOGIN_LIMIT_SECONDS < 10
    monkeypatch.setattr("monserv.poll.link.LOGIN_LIMIT_SECONDS", 0.2)
    running = run(HangingLogin())
    assert eventually(lambda: bool(running.results))
    first = running.results[0]
    assert isinstance(first, Missed)
    assert first.text == "No login within 0.2 s: The connection ended during the SSH handshake"


def test_a_server_that_drips_between_two_polls_is_ended_by_the_watchdog(
    run: Run, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[FakeSession] = []

    def wait(session: FakeSession, _seconds: float) -> bool:
        if session.is_aborted:
            return False
        if eventually(lambda: session.is_aborted):
            woken.append(session)
        return True

    monkeypatch.setattr("monserv.poll.link.OVERSLEPT_SECONDS", 0.05)
    monkeypatch.setattr(FakeSession, "rest", wait)
    monkeypatch.setattr(FakeSession, "may_rest", lambda _session, _seconds: True)
    running = run(machine)
    assert eventually(lambda: bool(woken))
    assert [type(one) for one in running.results] == [Polled] * len(running.results)


def test_a_bug_in_what_takes_the_results_ends_no_poller(
    run: Run, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.refusal = DOWN
    running = run(machine)
    taken: list[PollResult] = []

    def fail(result: PollResult) -> None:
        taken.append(result)
        raise LookupError("a bug")

    running.ingest = fail
    assert eventually(lambda: len(taken) >= 3)
    assert running.poller.is_alive
    assert "could not be processed" in caplog.text


def test_a_stop_lets_go_of_the_session(run: Run, machine: Machine) -> None:
    running = run(machine)
    assert eventually(lambda: bool(machine.sessions))
    running.stop()
    assert [session.is_closed for session in machine.sessions] == [True]
