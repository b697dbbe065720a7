"""The running set of pollers."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from monserv.clock import ManualClock, SystemClock
from monserv.errors import Cause, PollError
from monserv.model.poll import PollResult
from monserv.model.secret import Secret
from monserv.model.server import Credentials
from monserv.poll.fleet import Fleet, start_gap_seconds
from tests.poll.machine import NAS, Machine
from tests.poll.test_poller import HangingLogin
from tests.waiting import eventually

SERVERS = [replace(NAS, id=f"nas{number}") for number in range(20)]


def dead() -> Machine:
    machine = Machine(ManualClock())
    machine.refusal = PollError(Cause.UNREACHABLE, "Connection refused")
    return machine


def test_each_server_has_its_own_poller_and_a_server_is_started_once() -> None:
    results: list[PollResult] = []
    fleet = Fleet(dead(), SystemClock(), results.append, 0.5)
    fleet.start(SERVERS)
    fleet.start(SERVERS)
    assert eventually(lambda: len({one.server_id for one in results}) == len(SERVERS))
    assert fleet.problems() == ()
    assert len(results) < 2 * len(SERVERS) + 5
    fleet.stop(5)
    assert fleet.problems() == ("polling has been stopped",)


def test_first_polls_are_spread_over_an_interval_or_over_as_long_as_logins_take() -> None:
    gaps = [start_gap_seconds(4.0, servers) for servers in (0, 3, 100, 1000, 5000)]
    assert gaps == [0.05, 0.05, 0.04, 0.004, 0.004]


@pytest.mark.timed
def test_twenty_hanging_logins_stop_at_once() -> None:
    login = HangingLogin()
    fleet = Fleet(login, SystemClock(), lambda result: None, 4.0)
    fleet.start(SERVERS)
    assert login.is_waiting.wait(30)
    time.sleep(0.3)
    began_at = time.monotonic()
    fleet.stop(5)
    assert time.monotonic() - began_at < 1
    assert not any(poller.is_alive for poller in fleet._pollers.values())


def test_a_poller_that_died_is_a_problem_in_words() -> None:
    fleet = Fleet(dead(), SystemClock(), lambda result: None, 0.05)
    fleet.start([NAS])
    fleet._pollers["nas"].request_stop()
    assert eventually(lambda: fleet.problems() == ("the poller of nas has died",))
    fleet.stop(5)


def test_a_watchdog_that_died_is_a_problem_in_words() -> None:
    fleet = Fleet(dead(), SystemClock(), lambda result: None, 60.0)
    fleet.start([])
    assert fleet.problems() == ()
    fleet._watchdog.stop(5)
    assert fleet.problems() == ("the watchdog of the pollers has died",)
    fleet.stop(5)


def test_a_server_that_is_forgotten_delivers_nothing_more_and_its_thread_ends() -> None:
    results: list[PollResult] = []
    fleet = Fleet(dead(), SystemClock(), results.append, 0.02)
    fleet.start([NAS])
    assert eventually(lambda: results)
    (poller,) = fleet._pollers.values()
    fleet.forget("nas")
    fleet.forget("nas")
    count = len(results)
    assert eventually(lambda: not poller.is_alive)
    time.sleep(0.1)
    assert (len(results), fleet.problems()) == (count, ())
    fleet.stop(5)


def test_a_result_that_is_late_is_dropped_whenever_its_server_goes() -> None:
    """Remove at random instants; after the return of ``forget`` nobody delivers."""
    gone = threading.Event()
    late: list[PollResult] = []

    def ingest(result: PollResult) -> None:
        time.sleep(0.001)
        if gone.is_set():
            late.append(result)

    for round_ in range(30):
        gone.clear()
        fleet = Fleet(dead(), SystemClock(), ingest, 0.001)
        fleet.start([NAS])
        time.sleep(0.0007 * round_)
        fleet.forget("nas")
        gone.set()
        fleet.stop(5)
    assert late == []


@pytest.mark.timed
def test_forgetting_a_login_that_hangs_waits_for_nobody() -> None:
    login = HangingLogin()
    fleet = Fleet(login, SystemClock(), lambda result: None, 4.0)
    fleet.start([NAS])
    assert login.is_waiting.wait(30)
    began_at = time.monotonic()
    fleet.forget("nas")
    assert time.monotonic() - began_at < 0.5
    fleet.stop(5)


def test_another_name_keeps_the_session_and_another_password_does_not() -> None:
    fleet = Fleet(dead(), SystemClock(), lambda result: None, 0.05)
    fleet.start([NAS])
    (first,) = fleet._pollers.values()
    fleet.watch(replace(NAS, name="renamed"))
    assert list(fleet._pollers.values()) == [first]
    fleet.watch(replace(NAS, credentials=Credentials(Secret("new"))))
    assert list(fleet._pollers.values()) != [first]
    assert eventually(lambda: not first.is_alive)
    fleet.stop(5)


def test_a_paused_server_is_not_polled_until_it_goes_on() -> None:
    results: list[PollResult] = []
    fleet = Fleet(dead(), SystemClock(), results.append, 0.02)
    fleet.start([replace(NAS, is_active=False)])
    time.sleep(0.1)
    assert results == []
    fleet.watch(NAS)
    assert eventually(lambda: results)
    fleet.watch(replace(NAS, is_active=False))
    count = len(results)
    time.sleep(0.1)
    assert (len(results), fleet.problems()) == (count, ())
    fleet.stop(5)
    fleet.watch(NAS)
    assert fleet._pollers == {}


def test_a_server_is_tried_now_if_it_is_polled_at_all() -> None:
    results: list[PollResult] = []
    fleet = Fleet(dead(), SystemClock(), results.append, 30.0)
    fleet.start(SERVERS[:1])
    assert eventually(lambda: len(results) == 1)
    assert fleet.retry("nas0") == 0
    assert eventually(lambda: len(results) == 2)
    waiting = fleet.retry("nas0")
    assert waiting is not None
    assert 0 < waiting <= 5
    assert fleet.retry("nobody") is None
    fleet.stop(5)
