"""All clients of one server: the load generator as a process, and what it tells."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.poll_cost.cores import OTHERS, on

CONNECT_SECONDS = 150.0
END_SECONDS = 60.0
# Whatever else runs on its core must not hold it up; only root may ask for that.
NICENESS = -10
_COMPRESSED = 0x40
_FLUSHED = b"\x00\x00\xff\xff"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message that all clients got.

    Times in ns: the first byte at the first client and the last byte at the last (of
    ``time.monotonic_ns``), the CPU time of the server between the two, and how long
    after the first byte half of the clients, and 99 in 100, had all of it.
    """

    bytes: int
    clients: int
    first: int
    last: int
    cpu: int
    p50: int
    p99: int

    @property
    def spread_ms(self) -> float:
        """Return the time from the first byte at the first client to the last at the last."""
        return (self.last - self.first) / 1e6

    @property
    def cpu_ms(self) -> float:
        """Return the CPU time of the server meanwhile."""
        return self.cpu / 1e6


class Crowd:
    """Connected clients. ``seconds`` is how long it took to connect them."""

    def __init__(self, process: subprocess.Popen[bytes], kept: Path) -> None:
        self._process = process
        self._kept = kept
        self._unread = b""
        self.clients = 0
        self.seconds = 0.0
        self.bad = 0
        self.closed = 0

    def wait_for_all(self) -> None:
        """Wait until all are connected."""
        said = self._line(CONNECT_SECONDS)
        self.clients, self.seconds = said["connected"], said["seconds"]

    def arrival(self, seconds: float) -> Arrival:
        """Wait for the next message that all get."""
        return _arrival(self._line(seconds))

    def arrivals(self, seconds: float) -> list[Arrival]:
        """Return the messages that all got within ``seconds``."""
        give_up_at, found = time.monotonic() + seconds, []
        with contextlib.suppress(TimeoutError):
            while True:
                found.append(_arrival(self._line(give_up_at - time.monotonic())))
        return found

    def messages(self) -> list[bytes]:
        """Return the messages that were kept, in their order, inflated where they have to be."""
        files = sorted(self._kept.iterdir(), key=lambda path: int(path.name.partition("-")[0]))
        return [_message(path) for path in files]

    def end(self) -> None:
        """Let who stalled read on, disconnect all, and count what was bad."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        give_up_at = time.monotonic() + END_SECONDS
        while "bad" not in (said := self._line(give_up_at - time.monotonic())):
            pass
        self.bad, self.closed = said["bad"], said["closed"]
        self._process.wait(END_SECONDS)

    def _line(self, seconds: float) -> dict[str, Any]:
        """Return what it says next; raises ``TimeoutError``, and ``SystemExit`` when it died."""
        assert self._process.stdout is not None
        fd, give_up_at = self._process.stdout.fileno(), time.monotonic() + seconds
        while b"\n" not in self._unread:
            left = give_up_at - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                raise TimeoutError("the load generator says nothing")
            data = os.read(fd, 65536)
            if not data:
                raise SystemExit("the load generator ended")
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        return said


def _arrival(said: dict[str, Any]) -> Arrival:
    names = ("bytes", "clients", "first", "last", "cpu", "p50", "p99")
    return Arrival(**{name: said[name] for name in names})


def _message(path: Path) -> bytes:
    first_byte = int(path.name.partition("-")[2], 16)
    data = path.read_bytes()
    return zlib.decompressobj(-15).decompress(data + _FLUSHED) if first_byte & _COMPRESSED else data


@contextlib.contextmanager
def connected(
    load: Path, port: int, clients: int, pid: int, **options: str | int
) -> Iterator[Crowd]:
    """Connect so many clients to a server whose process is ``pid``; give them once all are there.

    The options are those of ``load.c``. ``end()`` says what was bad; without it the
    clients are simply gone when the context ends.
    """
    with tempfile.TemporaryDirectory(prefix="fan-out-kept-") as kept:
        words = [f"{name}={value}" for name, value in {"keep": kept, **options}.items()]
        command = [str(load), str(port), str(clients), str(pid), *words]
        with subprocess.Popen(
            on(OTHERS, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            with contextlib.suppress(PermissionError):
                os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
            crowd = Crowd(process, Path(kept))
            try:
                crowd.wait_for_all()
                yield crowd
            finally:
                process.kill()
