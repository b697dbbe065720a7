"""Flask alone, under gunicorn as it serves monserv: what any answer costs at the least."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.cpu import Tree
from bench.poll_cost.cores import MEASURED, on

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0
STOP_SECONDS = 10.0
# What gunicorn.conf.py says of how requests are read and answered.
AS_MONSERV = ("--worker-class=gevent", "--workers=1", "--keep-alive=5", "--no-control-socket")


@contextlib.contextmanager
def running(port: int, length_bytes: int) -> Iterator[Tree]:
    """Run it until the context ends; its whole answers have ``length_bytes``."""
    command = [
        *(sys.executable, "-m", "gunicorn", *AS_MONSERV, f"--bind=127.0.0.1:{port}"),
        *("--pythonpath", str(ROOT)),
    ]
    process = subprocess.Popen(
        on(MEASURED, [*command, "bench.answers.constant:app"]),
        # In the checkout it would find monserv's own configuration.
        cwd="/",
        env=os.environ | {"BYTES": str(length_bytes)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_answer(f"http://127.0.0.1:{port}/full", process)
        yield Tree(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=START_SECONDS):
            return
        time.sleep(0.05)
    raise SystemExit("Flask alone did not start")
