"""The running set of pollers."""

from __future__ import annotations

import time
from dataclasses import replace

from monserv.clock import ManualClock, SystemClock
from monserv.errors import Cause, PollError
from monserv.model.poll import PollResult
from monserv.poll.fleet import Fleet
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


def test_twenty_hanging_logins_stop_at_once() -> None:
    login = HangingLogin()
    fleet = Fleet(login, SystemClock(), lambda result: None, 4.0)
    fleet.start(SERVERS)
    assert login.is_waiting.wait(5)
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
