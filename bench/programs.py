"""Programs that a benchmark starts: measured, with their output in a file, and how they end."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cpu import Meter, measured

GRACE_SECONDS = 5.0
ROWS, COLUMNS = 50, 150


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs; ``meter`` counts what it and all that it starts use."""

    pid: int
    meter: Meter
    output: Path


@contextlib.contextmanager
def running(
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str] | None = None,
    device: int | None = None,
) -> Iterator[Program]:
    """Run a program in ``folder``; it and what it started end with the context.

    Given a ``device``, it reads and writes there; otherwise it reads nothing and writes
    into its ``output``. Raises ``FileNotFoundError`` where it is not installed.
    """
    output = folder / "output"
    with output.open("ab") as file:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environ or {})},
            stdin=subprocess.DEVNULL if device is None else device,
            stdout=file if device is None else device,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        with measured(process.pid, folder.name) as meter:
            try:
                yield Program(process.pid, meter, output)
            finally:
                _end(process)
    finally:
        _end(process)


@contextlib.contextmanager
def terminal() -> Iterator[int]:
    """Give a terminal at which nobody types, and of which everything is thrown away."""
    master, device = pty.openpty()
    fcntl.ioctl(device, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    reader = threading.Thread(target=_drain, args=(master,), daemon=True)
    reader.start()
    try:
        yield device
    finally:
        # Once its last writer has gone, reading from it ends.
        os.close(device)
        reader.join(GRACE_SECONDS)
        os.close(master)


def _drain(master: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(master, 65536):
            pass


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_SECONDS)
    # Its children share its session; some programs leave them behind.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
