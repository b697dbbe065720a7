"""Programs that a benchmark starts: measured, with their output in a file, and how they end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cpu import Meter, measured

GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs; ``meter`` counts what it and all that it starts use."""

    pid: int
    meter: Meter
    output: Path


@contextlib.contextmanager
def running(
    command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """Run a program in ``folder``; it and what it started end with the context.

    Raises ``FileNotFoundError`` where it is not installed.
    """
    output = folder / "output"
    with output.open("ab") as file:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=file,
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


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_SECONDS)
    # Its children share its session; some programs leave them behind.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
