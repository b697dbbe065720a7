"""One login on a jump server for all that is behind it, and one who speaks for all."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from monserv.clock import ManualClock
from monserv.errors import Cause, PollError, TurnedAway
from monserv.model.server import Reach, Server
from monserv.ssh.jump import RETRY_SECONDS, Jumps
from monserv.ssh.lease import Lease
from monserv.ssh.witness import NOBODY
from tests.waiting import eventually

BASTION = Server("bastion", "bastion", Reach.SSH, "gate", 22, "me", "ssh://me:***@gate")
INNER = replace(BASTION, id="inner", host="10.0.0.3", jump="bastion", hops=(BASTION,))
REFUSED = PollError(Cause.AUTHENTICATION_FAILED, "The server refused the password")
DOWN = PollError(Cause.UNREACHABLE, "Connection refused")


class FakeLine:
    def __init__(self) -> None:
        self.close: Callable[[], None] = lambda: None

    def when_closed(self, released: Callable[[], None]) -> None:
        self.close = released


class FakeCarrier:
    label = "bastion"

    def __init__(self) -> None:
        self.is_alive = True
        self.refusal: PollError | None = None

    def is_active(self) -> bool:
        return self.is_alive

    def open_line(self, host: str, port: int, lease: Lease) -> FakeLine:
        if self.refusal is not None:
            raise self.refusal
        return FakeLine()

    def abort(self) -> None:
        self.is_alive = False

    finish = abort


@dataclass
class FakeLease:
    """Keeps what is to be called at the deadline."""

    expire: Callable[[], None] = field(default=lambda: None)

    def hold(self, abort: Callable[[], None]) -> None:
        self.expire = abort

    def queuing(self, _most_seconds: float) -> contextlib.nullcontext[None]:
        return contextlib.nullcontext()


class Gate:
    """A jump server that lets in when a test says so, or fails as it says."""

    def __init__(self) -> None:
        self.opens = threading.Event()
        self.opens.set()
        self.errors: list[PollError] = []
        self.carriers: list[FakeCarrier] = []
        self.asked: list[Server] = []

    def log_in(self, server: Server, lease: Lease) -> FakeCarrier:
        self.asked.append(server)
        given_up = threading.Event()

        def abort() -> None:
            given_up.set()
            self.opens.set()

        lease.hold(abort)
        assert self.opens.wait(30)
        if given_up.is_set():
            self.opens.clear()
            raise PollError(Cause.UNREACHABLE, "The connection was shut down")
        if self.errors:
            raise self.errors.pop(0)
        self.carriers.append(FakeCarrier())
        return self.carriers[-1]


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def jumps(gate: Gate, clock: ManualClock) -> Iterator[Jumps]:
    jumps = Jumps(gate.log_in, clock, linger_seconds=0.05)  # type: ignore[arg-type]  # a fake
    yield jumps
    jumps.stop()
    assert eventually(lambda: not [one for one in threading.enumerate() if "-jump-" in one.name])


def ask(jumps: Jumps, server: Server = INNER, lease: Lease | None = None) -> FakeLine:
    line = jumps.line(server, lease or FakeLease(), NOBODY)
    assert isinstance(line, FakeLine)
    return line


def told(jumps: Jumps, server: Server = INNER) -> str:
    with pytest.raises(PollError) as raised:
        ask(jumps, server)
    assert raised.value.cause is Cause.PARENT_DOWN
    return str(raised.value)


def together(count: int, work: Callable[[], object]) -> list[object]:
    """Run ``work`` in so many threads at once; return what each brought, errors too."""
    results: list[object] = []

    def run() -> None:
        try:
            results.append(work())
        except PollError as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_fifty_at_once_make_one_login_and_all_get_through(jumps: Jumps, gate: Gate) -> None:
    gate.opens.clear()
    opener = threading.Timer(0.1, gate.opens.set)
    opener.start()
    lines = together(50, lambda: ask(jumps))
    opener.join()
    assert [type(line) for line in lines] == [FakeLine] * 50
    assert [server.id for server in gate.asked] == ["bastion"]


def test_one_failure_is_told_to_all_who_wait_each_in_an_error_of_his_own(
    jumps: Jumps, gate: Gate, clock: ManualClock
) -> None:
    gate.opens.clear()
    gate.errors = [DOWN]
    opener = threading.Timer(0.1, gate.opens.set)
    opener.start()
    failures: Sequence[object] = together(10, lambda: ask(jumps))
    opener.join()
    assert {str(one) for one in failures} == {"The jump server bastion: Connection refused"}
    assert len({id(one) for one in failures}) == 10
    assert len(gate.asked) == 1
    # Whoever comes a moment later does not try it anew.
    assert told(jumps) == "The jump server bastion: Connection refused"
    assert len(gate.asked) == 1
    clock.advance(RETRY_SECONDS)
    ask(jumps)
    assert len(gate.asked) == 2


def test_a_refused_login_is_tried_twice_in_ten_minutes_however_many_ask(
    jumps: Jumps, gate: Gate, clock: ManualClock
) -> None:
    gate.errors = [REFUSED] * 3
    for _ in range(59):
        assert told(jumps).endswith("The server refused the password")
        clock.advance(10)
    assert len(gate.asked) == 2
    clock.advance(30)
    told(jumps)
    assert len(gate.asked) == 3
    # Other credentials are another attempt, and what is no refusal costs nothing.
    root = replace(BASTION, username="root")
    gate.errors = [DOWN] * 3
    for _ in range(3):
        told(jumps, replace(INNER, hops=(root,)))
        clock.advance(RETRY_SECONDS)
    assert len(gate.asked) == 6
    ask(jumps, replace(INNER, hops=(root,)))


def test_a_changed_key_of_a_jump_server_is_looked_at_twice_until_it_is_taken(
    gate: Gate, clock: ManualClock
) -> None:
    taken: list[Server] = []
    jumps = Jumps(
        gate.log_in,  # type: ignore[arg-type]  # a fake
        clock,
        linger_seconds=0.05,
        takes_key=lambda jump: jump in taken,
    )
    changed = TurnedAway(Cause.HOST_KEY_CHANGED, "It shows another key")
    gate.errors = [changed, changed]
    for _ in range(5):
        assert "It shows another key" in told(jumps)
        clock.advance(30)
    assert gate.errors == []
    assert gate.carriers == []
    taken.append(replace(INNER.hops[-1], hops=INNER.hops[:-1]))
    ask(jumps).close()
    assert len(gate.carriers) == 1
    jumps.stop()


@pytest.mark.parametrize("asked", ["the server behind", "the jump server"])
def test_who_asks_for_a_try_now_has_the_jump_server_tried_at_once(
    jumps: Jumps, gate: Gate, clock: ManualClock, asked: str
) -> None:
    gate.errors = [PollError(Cause.AUTHENTICATION_FAILED, "refused") for _ in range(2)]
    for _ in range(3):
        told(jumps)
        clock.advance(30)
    told(jumps)
    jumps.forgive(INNER if asked == "the server behind" else INNER.hops[0])
    ask(jumps).close()
    assert len(gate.carriers) == 1


def test_whoever_gives_up_a_login_leaves_it_to_the_next(jumps: Jumps, gate: Gate) -> None:
    gate.opens.clear()
    first = FakeLease()
    results: list[object] = []
    leader = threading.Thread(
        target=lambda: results.extend(together(1, lambda: ask(jumps, INNER, first)))
    )
    leader.start()
    assert eventually(lambda: len(gate.asked) == 1)
    others = threading.Thread(target=lambda: results.extend(together(5, lambda: ask(jumps))))
    others.start()
    first.expire()
    assert eventually(lambda: len(gate.asked) == 2)
    gate.opens.set()
    leader.join(30)
    others.join(30)
    assert sorted(type(one).__name__ for one in results) == ["FakeLine"] * 5 + ["PollError"]
    assert len(gate.carriers) == 1


def test_whoever_waits_for_a_login_goes_at_his_own_deadline(jumps: Jumps, gate: Gate) -> None:
    gate.opens.clear()
    leader = threading.Thread(target=lambda: together(1, lambda: ask(jumps)))
    leader.start()
    assert eventually(lambda: len(gate.asked) == 1)
    lease = FakeLease()

    def expire() -> None:
        lease.expire()

    threading.Timer(0.05, expire).start()
    with pytest.raises(PollError, match="let nobody in in time"):
        ask(jumps, INNER, lease)
    gate.opens.set()
    leader.join(30)


@pytest.mark.timed
def test_a_login_is_kept_for_a_while_and_then_ended(jumps: Jumps, gate: Gate) -> None:
    first, second = ask(jumps), ask(jumps)
    first.close()
    second.close()
    third = ask(jumps)
    assert len(gate.asked) == 1
    third.close()
    assert eventually(lambda: not gate.carriers[0].is_alive)
    ask(jumps)
    assert len(gate.asked) == 2


def test_a_login_that_has_ended_is_made_anew_and_its_users_do_not_end_the_new_one(
    jumps: Jumps, gate: Gate
) -> None:
    line = ask(jumps)
    gate.carriers[0].is_alive = False
    ask(jumps)
    line.close()
    assert [carrier.is_alive for carrier in gate.carriers] == [False, True]


def test_a_line_that_is_refused_keeps_the_login_for_the_others(jumps: Jumps, gate: Gate) -> None:
    line = ask(jumps)
    gate.carriers[0].refusal = PollError(Cause.UNREACHABLE, "cannot reach 10.0.0.4")
    with pytest.raises(PollError, match="cannot reach"):
        ask(jumps)
    gate.carriers[0].refusal = None
    ask(jumps)
    line.close()
    assert len(gate.asked) == 1


def test_hops_are_given_to_whoever_logs_in_behind_them(jumps: Jumps, gate: Gate) -> None:
    middle = replace(BASTION, id="middle", host="10.0.0.1")
    ask(jumps, replace(INNER, hops=(BASTION, middle)))
    assert [(one.id, one.hops) for one in gate.asked] == [("middle", (BASTION,))]
    gate.errors = [PollError(Cause.PARENT_DOWN, "The jump server bastion: no")]
    behind = replace(INNER, hops=(BASTION, replace(middle, port=23)))
    assert told(jumps, behind) == "The jump server bastion: no"


def test_after_the_stop_nobody_logs_in_and_no_login_is_left(jumps: Jumps, gate: Gate) -> None:
    ask(jumps)
    jumps.stop()
    jumps.stop()
    assert [carrier.is_alive for carrier in gate.carriers] == [False]
    assert "no longer used" in told(jumps)


def test_a_login_that_comes_after_the_stop_is_ended(jumps: Jumps, gate: Gate) -> None:
    gate.opens.clear()
    late = threading.Thread(target=lambda: together(1, lambda: ask(jumps)))
    late.start()
    assert eventually(lambda: len(gate.asked) == 1)
    jumps.stop()
    gate.opens.set()
    late.join(30)
    assert [carrier.is_alive for carrier in gate.carriers] == [False]


def test_what_is_remembered_of_ways_does_not_grow(
    jumps: Jumps, gate: Gate, clock: ManualClock
) -> None:
    for number in range(100):
        gate.errors = [DOWN]
        told(jumps, replace(INNER, hops=(replace(BASTION, port=number + 1),)))
        clock.advance(RETRY_SECONDS)
    assert len(jumps._ways) <= 2
