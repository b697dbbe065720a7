"""The simulated fleet speaks as the machine that it was recorded from, to the real poller."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from bench.poll_cost import report
from bench.poll_cost.bare import Questions
from bench.poll_cost.machine import Model, Recording, Talk
from bench.poll_cost.monitor import Counts
from bench.poll_cost.recording import record
from bench.poll_cost.report import Result
from bench.poll_cost.template import MARK, template
from monserv.clock import ManualClock
from monserv.model.quality import Group, Quality
from monserv.model.sample import Sample
from monserv.poll.conversation import Conversation
from monserv.poll.notebook import Notebook
from monserv.poll.watchdog import Watchdog

INTERVAL_SECONDS = 4.0


class SimulatedShell:
    """A shell of a simulated server, without the connection."""

    def __init__(self, talk: Talk, clock: ManualClock) -> None:
        self._talk = talk
        self._clock = clock
        self._ready = b""

    def sendall(self, data: bytes, /) -> None:
        # In odd pieces, as a network delivers.
        for piece in (data[:7], data[7:]):
            self._ready += self._talk.say(piece, int(self._clock.monotonic()))

    def recv(self, nbytes: int, /) -> bytes:
        piece, self._ready = self._ready[:nbytes], self._ready[nbytes:]
        return piece

    def settimeout(self, seconds: float | None, /) -> None:
        pass

    def close(self) -> None:
        pass


class SimulatedSession:
    def __init__(self, model: Model, clock: ManualClock) -> None:
        self.asked: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self._open = lambda: SimulatedShell(Talk(model, self.asked, self.faults), clock)

    def open_shell(self) -> SimulatedShell:
        return self._open()

    def may_rest(self, _seconds: float, /) -> bool:
        return False

    def rest(self, _seconds: float, /) -> bool:
        return False

    def traffic(self) -> object:
        raise AssertionError("nobody counts here")

    def abort(self) -> None:
        pass

    def close(self) -> None:
        pass


class Impatient(threading.Event):
    """Lets the clock pass instead of waiting."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.advance(timeout or 0.0)
        return False


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record(1)


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.7])
def test_a_conversation_with_a_simulated_server_brings_samples_whose_numbers_move(
    recording: Recording, phase: float
) -> None:
    clock = ManualClock()
    session = SimulatedSession(Model(recording), clock)
    notebook = Notebook(INTERVAL_SECONDS, phase, clock)
    conversation = Conversation(session, clock, Impatient(clock), notebook)  # type: ignore[arg-type]  # a fake
    watchdog = Watchdog(clock)
    samples: list[Sample] = []
    for _ in range(20):
        samples.append(conversation.poll(watchdog.limit(30.0)))
        clock.advance(INTERVAL_SECONDS)

    assert dict(session.faults) == {}
    assert session.asked["poll"] == 21, "one more for the first sample"
    assert [sample.problems for sample in samples] == [()] * 20
    first, last = samples[0], samples[-1]
    assert last.uptime_seconds - first.uptime_seconds == 19 * INTERVAL_SECONDS
    assert last.cpu is not None
    assert 0 < last.cpu.used_percent < 100
    assert last.network is not None
    assert last.processes is not None
    assert last.processes.large
    assert last.quality[Group.DISKS].quality is Quality.OK


def test_what_was_not_recorded_is_told_and_answered_all_the_same(recording: Recording) -> None:
    asked, faults = Counter[str](), Counter[str]()
    talk = Talk(Model(recording), asked, faults)
    assert talk.say(recording.preamble, 0) == recording.greeting
    assert talk.say(b"dance abc.1 now\n", 0) == b"abc.1 end\n"
    assert (dict(asked), list(faults)) == ({"dance": 1}, ["not recorded: b'dance' b'now'"])
    Talk(Model(recording), asked, faults).say(b"rm -rf /", 0)
    assert faults["another script"] == 1


def test_paramiko_alone_asks_what_monserv_asks_as_often_and_hears_each_answer_to_its_end(
    recording: Recording,
) -> None:
    asked, faults = Counter[str](), Counter[str]()
    talk = Talk(Model(recording), asked, faults)
    talk.say(recording.preamble, 0)
    questions = Questions(recording, 0.5)
    for slot in range(30):
        seconds = slot * INTERVAL_SECONDS
        lines, end = questions.at(seconds)
        assert talk.say(lines, int(seconds)).endswith(b"\n" + end)
    assert dict(faults) == {}
    counts = {verb: asked[verb] for verb in ("facts", "poll", "mounts", "processes", "cost")}
    assert counts == {"facts": 0, "poll": 30, "mounts": 10, "processes": 6, "cost": 2}


def test_counters_grow_and_what_a_percent_sign_stands_in_stays() -> None:
    answer = MARK + b" uptime\n100.25 7\n" + MARK + b" counters\ncpu  5 0 5 80\nSize 10%\n"
    found = template(answer)
    assert found.at(0, b"m") == answer.replace(MARK, b"m")
    assert found.at(10, b"m") == b"m uptime\n110.25 7\nm counters\ncpu  205 0 65 1680\nSize 10%\n"


def result(cpu_seconds: float = 0.6, late: int = 1000, scrapes: int = 1000) -> Result:
    return Result(
        servers=1000,
        black_holes=0,
        interval_seconds=4.0,
        seconds=4.0,
        cpu_seconds=cpu_seconds,
        counts=Counts(1000, 0, {0.1: late, 0.2: late, float("inf"): 1000}),
        their_cpu_seconds=2.0,
        scrapes=scrapes,
        told={"faults": {}, "asked": {}, "logins": 0, "bytes_sent": 0, "cpu_seconds": 0},
    )


def test_a_goal_that_is_missed_or_was_not_measured_is_said() -> None:
    goals = report.goals(1000, 0, is_idle=False)
    assert report.missed(result(), goals) == []
    assert report.missed(result(cpu_seconds=0.9), goals) == [
        "0.9 ms of CPU a poll, and at most 0.7 are wanted",
        "0.45 times a scrape of Prometheus, and at most 0.4 are wanted",
    ]
    assert report.missed(result(late=980), goals) == [
        "inf ms late, 99 of 100 polls, and at most 200 are wanted"
    ]
    assert report.missed(result(scrapes=0), goals) == [
        "times a scrape of Prometheus were not measured"
    ]
    assert "CPU ms a poll / a scrape" in report.text(result())


def test_paramiko_alone_stands_beside_both_where_it_was_measured() -> None:
    measured = result()
    assert measured.bare_ms is None
    measured.bare_polls, measured.bare_cpu_seconds, measured.bare_seconds = 1000, 0.5, 4.0
    assert measured.bare_ms == 0.5
    head, _, costs, shares, *_ = report.text(measured).splitlines()
    assert "monserv  paramiko alone  Prometheus" in head
    assert costs.split()[-4:] == ["0.6", "0.5", "2", "0.3"]
    assert shares.split()[-4:] == ["15", "12.5", "50", "-"]
