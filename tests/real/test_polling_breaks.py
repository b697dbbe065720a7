"""Connections that freeze or are reset at any byte, and shells that are killed."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from monserv.errors import Cause
from monserv.model.poll import Missed, Polled, PollResult
from tests.real.machines import Sshd, User
from tests.real.meddler import Fault, Meddler
from tests.real.watching import Watch, ssh_server
from tests.waiting import eventually

pytestmark = pytest.mark.real

INTERVAL_SECONDS = 0.5
# Bytes of the server's side: in its greeting, in the key exchange, in the login, and in
# the middle of the first answers.
AT_BYTES = (10, 900, 2200, 9000)
AT_THE_START = {f"{fault.value} at {at}": (fault, at) for fault in Fault for at in AT_BYTES}
# Of an answer: before it, in its first lines, in the middle.
LATER = {f"reset later at {at}": (Fault.RESET, at) for at in (0, 40, 4000)}
SILENT = {"silent later": (Fault.FREEZE, 4000)}
# A login has 9 s, a poll 5 s; each is given up at its own absolute deadline.
GIVEN_UP_WITHIN_SECONDS = 10.0


@dataclass(frozen=True)
class Story:
    """What came of each server; when it broke, and what it had brought until then."""

    arrivals: Mapping[str, list[tuple[float, PollResult]]]
    broke_at: Mapping[str, float]
    before: Mapping[str, int]

    def results(self, name: str) -> list[PollResult]:
        return [result for _, result in self.arrivals[name]]

    def first_miss(self, name: str) -> tuple[float, Missed]:
        """Return it with the seconds that passed since the server broke."""
        for at, result in self.arrivals[name]:
            if isinstance(result, Missed):
                return at - self.broke_at[name], result
        raise AssertionError(f"{name} has missed nothing")


@pytest.fixture(scope="module")
def story(
    sshd: Sshd, user: User, machine_room: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """All of them break at once, so that their deadlines pass at once."""
    plan = {**AT_THE_START, **LATER, **SILENT}
    with contextlib.ExitStack() as stack:
        killed = _own_sshd(stack, machine_room)
        meddlers = {name: stack.enter_context(Meddler(sshd.port)) for name in plan}
        for name, (fault, at) in AT_THE_START.items():
            meddlers[name].break_after(at, fault)
        ports = {name: meddler.port for name, meddler in meddlers.items()}
        ports["killed"] = killed.port
        servers = [ssh_server(name, port, user.name, user.password) for name, port in ports.items()]
        broke_at = dict.fromkeys(plan, time.monotonic())
        folder = tmp_path_factory.mktemp("breaks")
        watch = stack.enter_context(Watch(folder, servers, INTERVAL_SECONDS))
        before = {}
        for name, (fault, at) in {**LATER, **SILENT}.items():
            watch.sample(name, after=2)
            before[name] = len(watch.results(name))
            broke_at[name] = time.monotonic()
            meddlers[name].break_after(at, fault)
        for _ in range(3):
            watch.sample("killed", after=len(watch.results("killed")) + 1)
            _kill_shell(killed)
        for name in AT_THE_START:
            watch.miss(name)
            watch.sample(name)
        for name in (*LATER, "killed"):
            assert name == "killed" or eventually(lambda name=name: meddlers[name].has_broken)
            watch.sample(name, after=len(watch.results(name)) + 1)
        watch.miss("silent later")
        watch.sample("silent later", after=len(watch.results("silent later")))
        yield Story({name: watch.arrivals(name) for name in ports}, broke_at, before)


def _own_sshd(stack: contextlib.ExitStack, machine_room: Path) -> Sshd:
    sshd = Sshd(Path(tempfile.mkdtemp(dir=machine_room)))
    sshd.start()
    stack.callback(sshd.stop)
    return sshd


def _kill_shell(sshd: Sshd) -> None:
    names = {pid: Path(f"/proc/{pid}/comm") for pid in sshd.sessions()}
    (shell,) = [pid for pid, name in names.items() if name.exists() and name.read_text() == "sh\n"]
    os.kill(shell, signal.SIGKILL)


@pytest.mark.timed
@pytest.mark.parametrize("name", AT_THE_START)
def test_a_login_or_first_poll_that_breaks_at_any_byte_is_a_miss_with_its_cause_and_heals(
    story: Story, name: str
) -> None:
    first = story.results(name)[0]
    seconds, miss = story.first_miss(name)
    assert first == miss
    fault, _ = AT_THE_START[name]
    causes = {Cause.UNREACHABLE} | ({Cause.TIMED_OUT} if fault is Fault.FREEZE else set())
    assert miss.cause in causes, miss
    assert seconds < GIVEN_UP_WITHIN_SECONDS
    last = story.results(name)[-1]
    assert isinstance(last, Polled)
    assert last.sample.problems == ()


@pytest.mark.parametrize("name", [*LATER, "killed"])
def test_a_reset_in_the_middle_of_the_output_or_a_killed_shell_costs_no_poll(
    story: Story, name: str
) -> None:
    results = story.results(name)
    assert [one for one in results if isinstance(one, Missed)] == []
    assert {one.sample.problems for one in results if isinstance(one, Polled)} == {()}
    assert len(results) > story.before.get(name, 0) + 1


@pytest.mark.timed
def test_a_server_that_falls_silent_in_the_middle_of_its_output_is_given_up_once(
    story: Story,
) -> None:
    seconds, miss = story.first_miss("silent later")
    assert (miss.cause, miss.text) == (Cause.TIMED_OUT, "No complete answer within 5 s")
    assert seconds < 5 + 3 * INTERVAL_SECONDS
    healed = story.results("silent later")[-1]
    assert isinstance(healed, Polled)
    assert healed.sample.problems == ()
