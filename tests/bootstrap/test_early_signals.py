"""Signals while it starts: none is lost, whichever program runs just then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bootstrap.starting import (
    CHECKOUT,
    Contained,
    Copy,
    children,
    runs,
    signals,
    worker_of,
)

pytestmark = pytest.mark.real


def handles_signals(pid: int) -> bool:
    return bool(signals(pid, "SigCgt") & 1 << signal.SIGTERM - 1)


def is_gunicorn(pid: int) -> bool:
    return runs(pid, "gunicorn")


# After each comes more of it: imports, the configuration, the migration, the worker's start.
MOMENTS = [(handles_signals, 0), *((is_gunicorn, after) for after in (0, 0.1, 0.2, 0.4, 0.8, 1.4))]


@pytest.mark.timed
@pytest.mark.parametrize(("has_come", "seconds_after"), MOMENTS)
def test_as_process_one_it_ends_at_every_moment_of_its_start(
    contained: Contained, has_come: Callable[[int], bool], seconds_after: float
) -> None:
    start, inner = contained()
    start.wait_until(lambda: has_come(inner), 30)
    time.sleep(seconds_after)
    os.kill(inner, signal.SIGTERM)
    assert start.ends(5) == 0
    assert "Traceback" not in start.said


@pytest.mark.timed
@pytest.mark.parametrize("seconds_after", [0, 0.3, 0.9])
def test_ctrl_c_ends_a_start_without_a_word(here: Copy, seconds_after: float) -> None:
    start = here.start()
    start.wait_until(lambda: is_gunicorn(start.process.pid), 30)
    time.sleep(seconds_after)
    os.killpg(start.process.pid, signal.SIGINT)
    assert start.ends(5) == 0
    assert "Traceback" not in start.said


@pytest.mark.timed
@pytest.mark.parametrize("seconds_after", [0, 0.1, 0.3])
def test_a_worker_that_is_only_starting_does_not_delay_the_end(
    here: Copy, seconds_after: float
) -> None:
    start = here.start()
    start.wait_until(lambda: any(map(is_gunicorn, children(start.process.pid))), 30)
    time.sleep(seconds_after)
    code, seconds = start.stop()
    assert (code, seconds < 3) == (0, True), f"{code} after {seconds:.1f} s: {start.said}"
    assert "ERROR" not in start.said


# What loads the application and comes to no end.
NEVER_LOADED = """
import pathlib, sys

class Endless:
    def find_spec(name, *rest):
        if name == "monserv.app":
            pathlib.Path({begun!r}).touch()
            while True:
                pass

sys.meta_path.insert(0, Endless)
"""


@pytest.mark.timed
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_a_worker_that_loads_for_ever_does_not_delay_the_end_either(
    here: Copy, tmp_path: Path, number: int
) -> None:
    begun = tmp_path / "begun"
    (tmp_path / "sitecustomize.py").write_text(NEVER_LOADED.format(begun=str(begun)))
    start = here.start(PYTHONPATH=str(tmp_path))
    start.wait_until(begun.exists, 30)
    code, seconds = start.stop(number)
    assert (code, seconds < 3) == (0, True), f"{code} after {seconds:.1f} s: {start.said}"
    assert "ERROR" not in start.said


# Python only reports what is raised in such a callback, and imports run many of them.
IN_A_CALLBACK = """
import signal, weakref
from monserv.setup import signals
signals.let_in()
gone = set()
watcher = weakref.ref(gone, lambda _: signal.raise_signal(signal.SIGTERM))
del gone
print("still here")
"""


def test_a_signal_is_not_lost_where_exceptions_are() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_CALLBACK],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_nothing_that_runs_holds_a_signal_back(here: Copy) -> None:
    start = here.start()
    start.wait_until_it_answers(60)
    running = [start.process.pid, worker_of(start)]
    assert [signals(pid, "SigBlk") for pid in running] == [0, 0]
