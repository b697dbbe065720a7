from __future__ import annotations

import pytest

from monserv.clock import ManualClock
from monserv.poll.interview import Interview
from monserv.poll.watchdog import Watchdog
from monserv.probe import recording
from tests.poll.machine import NAS, Machine, ManualEvent

LIMIT_SECONDS = 180.0


class Talk:
    """An interview with a machine."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.machine = Machine(self.clock)
        self.machine.network_mountpoints = ["/net"]
        self.hung: list[str] = []

    def answers(self, seconds: float = LIMIT_SECONDS) -> list[dict[str, str]]:
        limit = Watchdog(self.clock).limit(seconds)
        session = self.machine.open(NAS, limit)
        stopping = ManualEvent(self.clock)
        return Interview(session, self.clock, stopping, self.hung.append).answers(limit)


def test_everything_is_asked_once_and_the_counters_twice_a_second_apart() -> None:
    talk = Talk()
    answers = talk.answers()
    verbs = [line.split(" ")[0] for line in talk.machine.asked]
    assert verbs == [
        *("facts", "poll", "mounts", "processes", "poll", "memory", "sensors", "units"),
        *("containers", "logins", "cost", "owners", "disks", "inodes", "remote"),
    ]
    assert len(answers) == len(verbs)
    first, second = (float(one["uptime"].split()[0]) for one in answers if "uptime" in one)
    assert second - first == 1.0
    assert talk.hung == []


def test_what_it_is_asked_about_is_what_it_told() -> None:
    talk = Talk()
    talk.machine.mountpoints = ["/", "/a\\040b"]
    told = recording.merged(talk.answers())
    asked = {line.split(" ")[0]: line.split(" ")[2:] for line in talk.machine.asked}
    assert asked["disks"] == asked["inodes"] == ["/", "/a\\0040b"]
    assert asked["remote"] == ["/net"]
    assert told["owners"].split("\n")[0].endswith(" 0")


def test_what_hangs_is_told_and_left_out_and_the_rest_is_asked_elsewhere() -> None:
    talk = Talk()
    talk.machine.hanging_verbs = {"units"}
    told = recording.merged(talk.answers())
    assert talk.hung == ["units"]
    assert "units" not in told
    assert told["logins"]
    assert len(talk.machine.sessions[0].shells) == 2


def test_a_server_that_is_silent_takes_no_longer_than_the_limit() -> None:
    talk = Talk()
    talk.machine.silent = True
    with pytest.raises(TimeoutError):
        talk.answers(30.0)
    assert talk.clock.monotonic() < 1030.0 + talk.machine.logins_at[0]
