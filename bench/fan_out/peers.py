"""Those beside whom the product is measured: each sends a file to all its clients when told to."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.fan_out.programs import Programs
from bench.poll_cost.cores import MEASURED, on
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
FLOOR, GO, LIBRARY = "C loop (the floor)", "Go hub", "websockets"
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A running server."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def send(self, message: Path) -> None:
        """Let it send the bytes of a file to all its clients."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{message}\n".encode())
        self.process.stdin.flush()


@contextlib.contextmanager
def running(programs: Programs) -> Iterator[list[Peer]]:
    """Run all of them until the context ends."""
    commands = {
        FLOOR: [str(programs.floor)],
        GO: [str(programs.hub)],
        LIBRARY: [sys.executable, "-m", "bench.fan_out.library"],
    }
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(_running(name, command)) for name, command in commands.items()]


@contextlib.contextmanager
def _running(name: str, command: list[str]) -> Iterator[Peer]:
    port = free_port()
    process = subprocess.Popen(
        on(MEASURED, [*command, str(port)]),
        cwd=ROOT,
        env=os.environ | {"GOMAXPROCS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            raise SystemExit(f"{name} did not start")
        yield Peer(name, port, process)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
