"""Signals while it starts: none is lost, whichever program runs just then."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bootstrap.starting import Contained, Copy, children, worker_of

pytestmark = pytest.mark.real


def signals(pid: int, which: str) -> int:
    """Return a mask of signals, one of those that /proc has of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{which}:")[2].split()[0], 16)


def handles_signals(pid: int) -> bool:
    return bool(signals(pid, "SigCgt") & 1 << signal.SIGTERM - 1)


def is_gunicorn(pid: int) -> bool:
    return "gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")


# After each comes more of it: imports, the configuration, the migration, the worker's start.
MOMENTS = [(handles_signals, 0), *((is_gunicorn, after) for after in (0, 0.1, 0.2, 0.4, 0.8, 1.4))]


@pytest.mark.parametrize(("has_come", "seconds_after"), MOMENTS)
def test_as_process_one_it_ends_at_every_moment_of_its_start(
    contained: Contained, has_come: Callable[[int], bool], seconds_after: float
) -> None:
    start, inner = contained()
    start.wait_until(lambda: has_come(inner), 10)
    time.sleep(seconds_after)
    os.kill(inner, signal.SIGTERM)
    assert start.ends(5) in {0, 128 + signal.SIGTERM}
    assert "Traceback" not in start.said


@pytest.mark.parametrize("seconds_after", [0, 0.3, 0.9])
def test_ctrl_c_ends_a_start_without_a_word(here: Copy, seconds_after: float) -> None:
    start = here.start()
    start.wait_until(lambda: is_gunicorn(start.process.pid), 10)
    time.sleep(seconds_after)
    os.killpg(start.process.pid, signal.SIGINT)
    assert start.ends(5) in {0, 128 + signal.SIGINT}
    assert "Traceback" not in start.said


@pytest.mark.parametrize("seconds_after", [0, 0.1, 0.3])
def test_a_worker_that_is_only_starting_does_not_delay_the_end(
    here: Copy, seconds_after: float
) -> None:
    start = here.start()
    start.wait_until(lambda: any(map(is_gunicorn, children(start.process.pid))), 10)
    time.sleep(seconds_after)
    code, seconds = start.stop()
    assert (code, seconds < 3) == (0, True), f"{code} after {seconds:.1f} s: {start.said}"


def test_nothing_that_runs_holds_a_signal_back(here: Copy) -> None:
    start = here.start()
    start.wait_until_it_answers(30)
    running = [start.process.pid, worker_of(start)]
    assert [signals(pid, "SigBlk") for pid in running] == [0, 0]
