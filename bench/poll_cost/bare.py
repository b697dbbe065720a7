"""paramiko alone, for comparison: shells that are asked and heard as monserv's are, and no more.

``python -m gevent.monkey --module bench.poll_cost.bare`` reads a plan from its standard input,
says ``ready`` once it has polled every server, and tells how many polls there were so far for
each further line. What was answered is read to its end and thrown away.
"""

from __future__ import annotations

import contextlib
import itertools
import pickle
import random
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import paramiko

from bench.cpu import Tree
from bench.poll_cost.cores import MEASURED, on
from bench.poll_cost.machine import Recording, Request
from bench.poll_cost.plan import PASSWORD, USER, Plan
from monserv.poll.cadences import CADENCE_SECONDS, Ask

ROOT = Path(__file__).resolve().parents[2]
LOGINS_AT_ONCE = 16
PIECE_BYTES = 65536
STOP_SECONDS = 10.0

# What monserv asks together with something else.
_TOGETHER_WITH = {"disks": Ask.MOUNTS, "owners": Ask.PROCESSES}
_AT_EACH_POLL = "poll"
_ONCE = "facts"


class Questions:
    """What one server is asked at which poll: what was recorded, as often as monserv asks it."""

    def __init__(self, recording: Recording, phase: float) -> None:
        self._count = itertools.count(1)
        # One of each kind, whatever it was asked about.
        first: dict[str, Request] = {}
        for asked in recording.answers:
            first.setdefault(asked.verb.decode(), asked)
        self._asked = {verb: asked for verb, asked in first.items() if verb != _ONCE}
        self._due_at = {
            verb: phase * _cadence_seconds(verb) for verb in self._asked if verb != _AT_EACH_POLL
        }

    def at(self, seconds: float) -> tuple[bytes, bytes]:
        """Return what to ask so long after the start, and the end of the last answer."""
        lines = b""
        end = b""
        for verb, asked in self._asked.items():
            if verb in self._due_at:
                if self._due_at[verb] > seconds:
                    continue
                self._due_at[verb] += _cadence_seconds(verb)
            marker = b"bare.%d" % next(self._count)
            lines += b" ".join([asked.verb, marker, asked.arguments]).rstrip() + b"\n"
            end = marker + b" end\n"
        return lines, end


def _cadence_seconds(verb: str) -> float:
    return CADENCE_SECONDS[_TOGETHER_WITH.get(verb) or Ask(verb)]


class _Transport(paramiko.Transport):
    """It looks for its own end every 5 s: each 0.1 s, as usual, costs more than all the polls."""

    _active_check_timeout = 5.0


class _Shell:
    """The one channel of a login."""

    def __init__(self, address: str, plan: Plan) -> None:
        transport = _Transport((address, plan.port))
        transport.connect(username=USER, password=PASSWORD)
        self._channel = transport.open_session()
        self._channel.exec_command("exec /bin/sh")
        self.ask(plan.recording.preamble, plan.recording.greeting)

    def ask(self, lines: bytes, end: bytes) -> None:
        """Send ``lines`` and hear what is said, up to ``end``."""
        self._channel.sendall(lines)
        heard = b""
        while not heard.endswith(end):
            piece = self._channel.recv(PIECE_BYTES)
            if not piece:
                raise EOFError("the simulated server has gone")
            heard += piece


class _Bare:
    """All shells, each polled by a thread of its own."""

    def __init__(self, plan: Plan, interval_seconds: float) -> None:
        self._plan = plan
        self._interval_seconds = interval_seconds
        self._addresses = plan.addresses()[: plan.servers - plan.black_holes]
        self.polls = 0

    def begin(self) -> None:
        """Log in everywhere, and return when all have been polled."""
        with ThreadPoolExecutor(LOGINS_AT_ONCE) as pool:
            shells = list(pool.map(partial(_Shell, plan=self._plan), self._addresses))
        for number, shell in enumerate(shells):
            wait_seconds = number / len(shells) * self._interval_seconds
            threading.Thread(target=self._poll, args=(shell, wait_seconds), daemon=True).start()
        time.sleep(2 * self._interval_seconds)
        if self.polls < len(shells):
            raise SystemExit("not every simulated server was polled")

    def _poll(self, shell: _Shell, wait_seconds: float) -> None:
        questions = Questions(self._plan.recording, random.random())  # noqa: S311 -- it only spreads
        began_at = time.monotonic()
        for number in itertools.count():
            due_at = began_at + wait_seconds + number * self._interval_seconds
            time.sleep(max(0.0, due_at - time.monotonic()))
            shell.ask(*questions.at(time.monotonic() - began_at))
            self.polls += 1


@dataclass(frozen=True, slots=True)
class Client:
    """The running process."""

    cpu: Tree
    _process: subprocess.Popen[bytes]

    def polls(self) -> int:
        """Return how many polls there were so far."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextlib.contextmanager
def running(plan: Plan, interval_seconds: float) -> Iterator[Client]:
    """Poll the fleet with paramiko alone until the context ends, where monserv is measured."""
    command = [sys.executable, "-m", "gevent.monkey", "--module", __name__]
    process = subprocess.Popen(
        on(MEASURED, command), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        pickle.dump((plan, interval_seconds), process.stdin)
        process.stdin.flush()
        if process.stdout.readline() != b"ready\n":
            raise SystemExit("paramiko alone did not poll the simulated fleet")
        yield Client(Tree(process.pid), process)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def main() -> None:
    """Read the plan, poll, and tell."""
    plan, interval_seconds = pickle.load(sys.stdin.buffer)  # noqa: S301 -- from the benchmark that started us
    bare = _Bare(plan, interval_seconds)
    bare.begin()
    print("ready", flush=True)
    while True:
        # The shells go on meanwhile, which they would not while a line is read.
        select.select([sys.stdin], [], [])
        if not sys.stdin.buffer.readline():
            return
        print(bare.polls, flush=True)


if __name__ == "__main__":
    main()
