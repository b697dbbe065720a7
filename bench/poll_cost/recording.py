"""What this machine answers to a real conversation, kept for a fleet that repeats it.

The recording knows nothing of the protocol but its frame: a text that is sent first,
then lines ``<verb> <marker> [arguments]``, each answered by what ends in
``<marker> end``. So it holds for whatever the probe asks today.
"""

from __future__ import annotations

import threading

from bench.poll_cost.machine import MARK, Recording, Request, request, template
from monserv.clock import Clock, ManualClock
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
ATTEMPTS = 10
CHUNK_BYTES = 65536
# A server that does one thing has about so many, most of them the kernel's own.
PROCESSES = 120


def record() -> Recording:
    """Hold a conversation of some minutes with this machine, in no time.

    Where a process ended between two answers it is held again: monserv would ask about
    that one in each poll.
    """
    for _ in range(ATTEMPTS):
        recording = _record()
        if all(
            answer.count(b"\n") - 2 >= len(asked.arguments.split())
            for asked, answer in recording.answers.items()
            if asked.verb.endswith(b"owners")
        ):
            break
    return recording


def _record() -> Recording:
    clock = ManualClock()
    watchdog = Watchdog(clock)
    session = _Session(clock)
    notebook = Notebook(INTERVAL_SECONDS, 0.0, clock)
    conversation = Conversation(session, clock, _Hurry(), notebook)
    try:
        for _ in range(POLLS):
            conversation.poll(watchdog.limit(LIMIT_SECONDS))
            clock.advance(INTERVAL_SECONDS)
    finally:
        conversation.close()
    (shell,) = session.shells
    return Recording(shell.preamble, script.READY, shell.answers)


def _of_usual_size(answer: bytes) -> bytes:
    """Return a list of processes without those that a busy machine has more than others."""
    opening, *rows, closing = answer.splitlines(keepends=True)
    return b"".join([opening, *rows[:PROCESSES], closing])


class _Hurry(threading.Event):
    """An event for which nobody waits."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(min(0.01, timeout or 0.0))


class _Session(LocalSession):
    """A session on this machine whose shells take notes."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.shells: list[_Shell] = []

    def open_shell(self) -> Shell:
        self.shells.append(_Shell(super().open_shell(), self._clock))
        return self.shells[-1]


class _Shell:
    """A shell that is asked the same only once: what it said then is its answer ever after.

    Otherwise the machine would move on between two answers, and they would not belong together.
    """

    def __init__(self, shell: Shell, clock: Clock) -> None:
        self._shell = shell
        self._clock = clock
        self._began = clock.monotonic()
        self._ready = b""
        self.preamble = b""
        self.answers: dict[Request, bytes] = {}
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
                answer = self._ask(line, marker + b" end\n").replace(marker, MARK)
                self.answers[asked] = (
                    _of_usual_size(answer) if asked.verb == b"processes" else answer
                )
            seconds = int(self._clock.monotonic() - self._began)
            self._ready += template(self.answers[asked]).at(seconds, marker)

    def recv(self, nbytes: int, /) -> bytes:
        data, self._ready = self._ready[:nbytes], self._ready[nbytes:]
        return data

    def _ask(self, said: bytes, end: bytes) -> bytes:
        self._shell.sendall(said)
        answer = b""
        while not answer.endswith(end):
            answer += self._shell.recv(CHUNK_BYTES)
        return answer
