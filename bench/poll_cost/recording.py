"""What this machine answers to a real conversation, kept for a fleet that repeats it.

The recording knows nothing of the protocol but its frame: a text that is sent first,
then lines ``<verb> <marker> [arguments]``, each answered by what ends in
``<marker> end``. So it holds for whatever the probe asks today.
"""

from __future__ import annotations

import itertools
import threading
import time

from bench.poll_cost import processes, template
from bench.poll_cost.machine import OWNERS, Recording, Request, owned, request
from bench.poll_cost.template import MARK, Template
from monserv.clock import Clock, ManualClock
from monserv.poll.cadences import CADENCE_SECONDS, Ask
from monserv.poll.conversation import Conversation
from monserv.poll.notebook import Notebook
from monserv.poll.watchdog import Watchdog
from monserv.probe import script
from monserv.ssh.local import LocalSession
from monserv.ssh.session import Shell

# As many polls as it takes until everything that is asked now and then was asked.
POLLS = 40
INTERVAL_SECONDS = 4.0
LIMIT_SECONDS = 30.0
CHUNK_BYTES = 65536
PROCESSES = b"processes"
# As monserv asks for them.
BETWEEN_LISTS_SECONDS = int(CADENCE_SECONDS[Ask.PROCESSES])


def record(between_lists_seconds: int = BETWEEN_LISTS_SECONDS) -> Recording:
    """Hold a conversation of some minutes with this machine, in no time but for its processes.

    These are listed twice, so far apart, to know what each of them does meanwhile.
    """
    clock = ManualClock()
    watchdog = Watchdog(clock)
    session = _Session(clock, between_lists_seconds)
    notebook = Notebook(INTERVAL_SECONDS, 0.0, clock)
    conversation = Conversation(session, clock, _Hurry(), notebook)
    try:
        for _ in range(POLLS):
            conversation.poll(watchdog.limit(LIMIT_SECONDS))
            clock.advance(INTERVAL_SECONDS)
    finally:
        conversation.close()
    (shell,) = session.shells
    return Recording(shell.preamble, script.READY, shell.answers, shell.owners)


def described(recording: Recording) -> str:
    """Say how much goes on among the processes that were recorded."""
    listed = recording.answers[Request(PROCESSES, b"")]
    many, moving = processes.moving(listed)
    return f"{many} processes, the rows of {moving} differ after {listed.period_seconds} s"


class _Hurry(threading.Event):
    """An event for which nobody waits."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(min(0.01, timeout or 0.0))


class _Session(LocalSession):
    """A session on this machine whose shells take notes."""

    def __init__(self, clock: Clock, between_lists_seconds: int) -> None:
        super().__init__()
        self._clock = clock
        self._between_lists_seconds = between_lists_seconds
        self.shells: list[_Shell] = []

    def open_shell(self) -> Shell:
        shell = super().open_shell()
        self.shells.append(_Shell(shell, self._clock, self._between_lists_seconds))
        return self.shells[-1]


class _Shell:
    """A shell that is asked the same only once: what it said then is its answer ever after.

    Otherwise the machine would move on between two answers, and they would not belong together.
    """

    def __init__(self, shell: Shell, clock: Clock, between_lists_seconds: int) -> None:
        self._shell = shell
        self._between_lists_seconds = between_lists_seconds
        self._clock = clock
        self._began = clock.monotonic()
        self._ready = b""
        self._count = itertools.count(1)
        self.preamble = b""
        self.answers: dict[Request, Template] = {}
        self.owners: dict[bytes, bytes] = {}
        self.settimeout = shell.settimeout
        self.close = shell.close

    def sendall(self, data: bytes, /) -> None:
        if not self.preamble:
            self.preamble = bytes(data)
            self._ready = self._ask(data, script.READY)
            return
        for line in data.splitlines(keepends=True):
            asked, marker = request(line.rstrip(b"\n"))
            if asked not in self.answers:
                self.answers[asked] = self._answer(asked)
            seconds = int(self._clock.monotonic() - self._began)
            self._ready += self.answers[asked].at(seconds, marker)

    def recv(self, nbytes: int, /) -> bytes:
        data, self._ready = self._ready[:nbytes], self._ready[nbytes:]
        return data

    def _answer(self, asked: Request) -> Template:
        if asked.verb == PROCESSES:
            return self._processes(asked)
        # A process that has ended meanwhile is in no list of the recording.
        known = owned(self.owners, asked.arguments.split()) if asked.verb == OWNERS else None
        return known or template.template(self._say(asked))

    def _processes(self, asked: Request) -> Template:
        first = self._say(asked)
        time.sleep(self._between_lists_seconds)
        later = self._say(asked)
        told = self._say(Request(OWNERS, b" ".join(processes.pids(later))))
        self.owners = {line.split()[0]: line for line in told.splitlines(keepends=True)[1:-1]}
        return processes.template(first, later, self._between_lists_seconds, self.owners)

    def _say(self, asked: Request) -> bytes:
        """Ask the machine; return its answer, with ``MARK`` for a marker."""
        marker = b"recorded.%d" % next(self._count)
        line = b" ".join([asked.verb, marker, asked.arguments]).rstrip() + b"\n"
        return self._ask(line, marker + b" end\n").replace(marker, MARK)

    def _ask(self, said: bytes, end: bytes) -> bytes:
        self._shell.sendall(said)
        answer = b""
        while not answer.endswith(end):
            answer += self._shell.recv(CHUNK_BYTES)
        return answer
