"""Sessions that are a recording: what a server said once, with counters that go on."""

from __future__ import annotations

import pickle
import time
from collections import Counter
from pathlib import Path

from bench.poll_cost.machine import Model, Talk
from monserv.model.server import Server
from monserv.ssh.lease import Lease
from monserv.ssh.opener import Opener
from monserv.ssh.session import Shell
from monserv.ssh.transport import Traffic

# Where the recording is, in the environment.
RECORDING = "BENCH_RECORDING"
# Numbers of one server are those of another a few seconds later.
PHASE_SECONDS = 7


class _Shell:
    """Answers at once what the recording has an answer to."""

    def __init__(self, model: Model, began_at: float) -> None:
        self._talk = Talk(model, Counter(), Counter())
        self._began_at = began_at
        self._ready = b""

    def sendall(self, data: bytes, /) -> None:
        self._ready += self._talk.say(bytes(data), int(time.monotonic() - self._began_at))

    def recv(self, nbytes: int, /) -> bytes:
        data, self._ready = self._ready[:nbytes], self._ready[nbytes:]
        return data

    def settimeout(self, seconds: float | None, /) -> None:
        pass

    def close(self) -> None:
        pass


class _Session:
    """A login on a recording; no two servers are of the same age."""

    def __init__(self, model: Model, began_at: float) -> None:
        self._model = model
        self._began_at = began_at

    def open_shell(self) -> Shell:
        return _Shell(self._model, self._began_at)

    def may_rest(self, _seconds: float, /) -> bool:
        return False

    def rest(self, _seconds: float, /) -> bool:
        return False

    def traffic(self) -> Traffic:
        return Traffic(0, 0)

    def abort(self) -> None:
        pass

    def close(self) -> None:
        pass


def in_place_of_servers(path: Path) -> None:
    """Let each login in this process lead to the recording in ``path``, a pickle."""
    model = Model(pickle.loads(path.read_bytes()))  # noqa: S301 -- from the benchmark that started us
    began_at = time.monotonic()
    phases: dict[str, int] = {}

    def open_(_opener: Opener, server: Server, _lease: Lease) -> _Session:
        phase = phases.setdefault(server.id, len(phases)) * PHASE_SECONDS
        return _Session(model, began_at - phase)

    Opener.open = open_  # type: ignore[method-assign, assignment]  # in this process, for this run alone
