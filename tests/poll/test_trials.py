"""A connection is tried once, step by step, and in nobody's way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from monserv.clock import Clock, ManualClock, SystemClock
from monserv.errors import Cause, PollError, TooSoon, TrialsBusy, TurnedAway
from monserv.model.server import Reach, Server
from monserv.model.trial import ShownKey, Step, StepState
from monserv.poll import trials as module
from monserv.poll.courtesy import Courtesy
from monserv.poll.trials import AT_ONCE, Trials
from monserv.poll.watchdog import Watchdog
from monserv.ssh.credentials import HungUpError
from monserv.ssh.session import Lease, Session
from monserv.ssh.witness import Witness
from tests.poll.machine import NAS, Machine

LOCAL = replace(NAS, reach=Reach.LOCAL, url="local://")


class Visited:
    """A machine whose connection comes as far as ``steps``, and then fails with ``error``."""

    def __init__(self, *steps: Step, error: PollError | OSError | None = None) -> None:
        self.machine = Machine(ManualClock())
        self.key: ShownKey | None = None
        self.visits = 0
        self._steps = steps
        self._error = error

    def visit(self, server: Server, lease: Lease, witness: Witness) -> Session:
        self.visits += 1
        for step in self._steps:
            if step is Step.HOST_KEY and self.key is not None:
                witness.saw_key(self.key)
            witness.reached(step)
        if self._error is not None:
            raise self._error
        return self.machine.open(server, lease)

    def takes_key(self, server: Server) -> bool:
        return self.machine.key_is_taken


class Holding:
    """A machine that lets its port be reached, and then says nothing until it is given up."""

    def __init__(self) -> None:
        self.visits = 0

    def visit(self, _server: Server, lease: Lease, witness: Witness) -> Session:
        self.visits += 1
        witness.reached(Step.NAME)
        aborted = threading.Event()
        lease.hold(aborted.set)
        assert aborted.wait(30)
        raise PollError(Cause.UNREACHABLE, "The connection was given up")

    def takes_key(self, _server: Server) -> bool:
        return False


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    watchdog = Watchdog(SystemClock())
    watchdog.start()
    yield watchdog
    watchdog.stop(5)


def trials(visited: object, watchdog: Watchdog, courtesy: Courtesy | None = None) -> Trials:
    clock: Clock = SystemClock()
    if isinstance(visited, Visited):
        # Nothing hangs there: the limits are those of the clock that the machine moves.
        clock = visited.machine.clock
        watchdog = Watchdog(clock)
    return Trials(visited, clock, watchdog.limit, courtesy or Courtesy())  # type: ignore[arg-type]  # a fake


LOGIN = (Step.NAME, Step.TCP, Step.HOST_KEY, Step.LOGIN)


def states(trial: object) -> list[str]:
    return [result.state.value for result in trial.steps]  # type: ignore[attr-defined]  # a trial


def test_all_steps_pass_and_the_session_is_closed(watchdog: Watchdog) -> None:
    visited = Visited(*LOGIN)
    visited.key = ShownKey("ssh-ed25519", "SHA256:x", is_known=False)
    trial = trials(visited, watchdog).run(NAS)
    assert trial.has_passed
    assert states(trial) == ["passed"] * 5
    assert [result.step for result in trial.steps] == [*LOGIN, Step.PROBE]
    assert trial.host_key == visited.key
    assert trial.steps[2].detail.startswith("The server is new")
    assert trial.steps[4].detail.startswith("The first sample of ")
    assert [session.is_closed for session in visited.machine.sessions] == [True]


def test_nothing_is_asked_for_whose_answer_nobody_would_wait(watchdog: Watchdog) -> None:
    visited = Visited(*LOGIN)
    assert trials(visited, watchdog).run(NAS).has_passed
    verbs = {line.split(" ")[0] for line in visited.machine.asked}
    assert verbs == {"facts", "poll", "mounts", "memory", "processes", "disks", "owners"}


def test_behind_a_jump_server_its_login_comes_first_and_it_finds_the_address(
    watchdog: Watchdog,
) -> None:
    error = PollError(Cause.PARENT_DOWN, "The jump server bastion: Connection refused")
    server = replace(NAS, jump="bastion", hops=(NAS,))
    refused = trials(Visited(error=error), watchdog).run(server)
    assert [(result.step, result.state.value) for result in refused.steps] == [
        (Step.JUMP, "failed"),
        (Step.TCP, "not_run"),
        (Step.HOST_KEY, "not_run"),
        (Step.LOGIN, "not_run"),
        (Step.PROBE, "not_run"),
    ]
    assert refused.steps[0].detail == "The jump server bastion: Connection refused."
    way = (Step.JUMP, Step.TCP, Step.HOST_KEY, Step.LOGIN)
    assert trials(Visited(*way), watchdog).run(server).has_passed


def test_the_key_of_a_jump_server_is_not_shown_as_that_of_the_server(watchdog: Watchdog) -> None:
    class Jumping(Visited):
        def visit(self, server: Server, lease: Lease, witness: Witness) -> Session:
            witness.saw_key(ShownKey("ssh-ed25519", "SHA256:of-the-jump-server", is_known=True))
            return super().visit(server, lease, witness)

    server = replace(NAS, jump="bastion", hops=(NAS,))
    error = PollError(Cause.UNREACHABLE, "The jump server bastion cannot reach it")
    assert trials(Jumping(Step.JUMP, error=error), watchdog).run(server).host_key is None
    visited = Jumping(Step.JUMP, Step.TCP, Step.HOST_KEY, Step.LOGIN)
    visited.key = ShownKey("ssh-ed25519", "SHA256:its-own", is_known=False)
    trial = trials(visited, watchdog).run(server)
    assert trial.host_key == visited.key
    assert trial.steps[2].detail.startswith("The server is new")


@pytest.mark.parametrize("count", range(4))
def test_it_stops_at_the_cause_and_says_it(watchdog: Watchdog, count: int) -> None:
    error = PollError(Cause.UNREACHABLE, "Because of \x1b[31m this")
    visited = Visited(*LOGIN[:count], error=error)
    trial = trials(visited, watchdog).run(NAS)
    assert not trial.has_passed
    assert states(trial) == ["passed"] * count + ["failed"] + ["not_run"] * (4 - count)
    assert trial.steps[count].detail.startswith("Because of ")
    assert "\x1b" not in trial.steps[count].detail
    assert trial.steps[count].duration_seconds is not None
    assert {result.duration_seconds for result in trial.steps[count + 1 :]} == {None}
    assert visited.visits == 1


def test_a_shell_that_does_not_answer_is_a_failed_probe(watchdog: Watchdog) -> None:
    visited = Visited(*LOGIN)
    visited.machine.last_words = b"This account is currently not available.\n"
    trial = trials(visited, watchdog).run(NAS)
    assert trial.steps[4].state is StepState.FAILED
    assert "not available" in trial.steps[4].detail
    assert visited.machine.sessions[0].is_closed


def test_who_attends_hears_of_each_step_as_it_is_over_and_of_the_whole(watchdog: Watchdog) -> None:
    visited = Visited(*LOGIN)
    visited.key = ShownKey("ssh-ed25519", "SHA256:x", is_known=False, is_acceptable=True)
    attended = trials(visited, watchdog).attend(NAS)
    told = []
    while not attended.is_over:
        told.append(attended.next(30))
    *steps, whole, end = told
    assert [(result.step, key) for result, key in steps] == [  # type: ignore[misc, union-attr]  # all are steps
        (Step.NAME, None),
        (Step.TCP, None),
        (Step.HOST_KEY, visited.key),
        (Step.LOGIN, visited.key),
        (Step.PROBE, visited.key),
    ]
    assert whole is not None
    assert states(whole) == ["passed"] * 5
    assert end is None


def test_who_attends_may_stop_it_and_its_place_is_free_at_once(watchdog: Watchdog) -> None:
    hanging = Holding()
    tried = trials(hanging, watchdog)
    begun = [tried.attend(NAS) for _ in range(AT_ONCE)]
    with pytest.raises(TrialsBusy):
        tried.attend(NAS)
    for one in begun:
        assert isinstance(one.next(30), tuple)
        one.stop()
        one.stop()
        while not one.is_over:
            one.next(30)
    assert trials(Visited(*LOGIN), watchdog).run(NAS).has_passed
    last = tried.attend(NAS)
    last.stop()
    assert hanging.visits == AT_ONCE + 1


def test_what_was_vouched_for_is_said_so_and_only_of_the_server_itself(watchdog: Watchdog) -> None:
    asked: list[str] = []

    class Asking(Visited):
        def visit(self, server: Server, lease: Lease, witness: Witness) -> Session:
            asked.append(witness.vouched())
            if server.jump:
                witness.reached(Step.JUMP)
                asked.append(witness.vouched())
            return super().visit(server, lease, witness)

    visited = Asking(*LOGIN)
    visited.key = ShownKey("ssh-ed25519", "SHA256:x", is_known=False)
    trial = trials(visited, watchdog).run(NAS, vouched="SHA256:x")
    assert trial.steps[2].detail == "The server shows the host key that you accepted."
    behind = replace(NAS, jump="bastion", hops=(NAS,))
    trials(Asking(*LOGIN[1:]), watchdog).run(behind, vouched="SHA256:x")
    assert asked == ["SHA256:x", "", "SHA256:x"]


def test_this_machine_needs_no_login(watchdog: Watchdog) -> None:
    trial = trials(Visited(), watchdog).run(LOCAL)
    assert states(trial) == [*["not_run"] * 4, "passed"]
    assert trial.steps[0].detail == "Not needed for this machine."


class Hanging:
    """A server on which everybody waits until he is told not to."""

    def __init__(self) -> None:
        self.waiting = threading.Semaphore(0)
        self.go = threading.Event()

    def visit(self, server: Server, lease: Lease, witness: Witness) -> Session:
        lease.hold(self.go.set)
        self.waiting.release()
        self.go.wait(20)
        raise PollError(Cause.UNREACHABLE, "gone")

    def takes_key(self, server: Server) -> bool:
        return False


def test_a_few_at_once_and_then_it_is_busy(watchdog: Watchdog) -> None:
    hanging = Hanging()
    tried = trials(hanging, watchdog)
    threads = [threading.Thread(target=tried.run, args=(NAS,)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
        assert hanging.waiting.acquire(timeout=30)
    with pytest.raises(TrialsBusy):
        tried.run(NAS)
    hanging.go.set()
    for thread in threads:
        thread.join(30)
    assert not tried.run(NAS).has_passed


def test_what_hangs_is_given_up_at_the_deadline_and_says_so(
    watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRIAL_SECONDS", 0.1)
    trial = trials(Hanging(), watchdog).run(NAS)
    assert trial.steps[0].detail == "No answer within 0.1 s; then: gone."


AWAY = TurnedAway(Cause.HOST_KEY_CHANGED, "It shows another key")
REFUSED = PollError(Cause.AUTHENTICATION_FAILED, "The server refused the password")
HUNG_UP = HungUpError(Cause.UNREACHABLE, "The server hung up on the password")


@pytest.mark.parametrize(("error", "said"), [(AWAY, str(AWAY)), (REFUSED, "save it untested")])
def test_the_third_try_in_vain_is_too_soon_and_says_for_how_long(
    watchdog: Watchdog, error: PollError, said: str
) -> None:
    visited = Visited(*LOGIN[:2], error=error)
    tried = trials(visited, watchdog)
    for _ in range(2):
        assert not tried.run(NAS).has_passed
        visited.machine.clock.advance(60)
    with pytest.raises(TooSoon) as refused:
        tried.run(NAS)
    assert "test it again in 8 minutes" in str(refused.value)
    assert said in str(refused.value)
    assert refused.value.wait_seconds == 480
    assert visited.visits == 2
    visited.machine.clock.advance(480)
    assert not tried.run(NAS).has_passed


def test_what_pollers_met_there_counts_for_a_trial_until_the_key_is_taken(
    watchdog: Watchdog,
) -> None:
    visited, courtesy = Visited(*LOGIN), Courtesy()
    for _ in range(2):
        courtesy.turned_away(NAS, AWAY, visited.machine.clock.monotonic())
    tried = trials(visited, watchdog, courtesy)
    with pytest.raises(TooSoon):
        tried.run(NAS)
    visited.machine.key_is_taken = True
    assert tried.run(NAS).has_passed
    assert courtesy.objection(NAS, visited.machine.clock.monotonic()) is None


def test_a_hang_up_on_the_password_counts_as_refused_and_other_trouble_does_not(
    watchdog: Watchdog,
) -> None:
    visited = Visited(error=HUNG_UP)
    tried = trials(visited, watchdog)
    for _ in range(2):
        tried.run(NAS)
    with pytest.raises(TooSoon):
        tried.run(NAS)
    down = trials(Visited(error=PollError(Cause.UNREACHABLE, "Connection refused")), watchdog)
    for _ in range(5):
        down.run(NAS)
