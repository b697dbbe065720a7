"""CPU time is counted for what a program and its children used, ended ones included."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.cpu import Meter, Tree, measured, tree

# A child burns CPU and ends; its parent waits for it and stays, until it is told to end.
BURN = """
import subprocess, sys
input()
burn = "import time\\nwhile time.process_time() < 0.3: pass"
subprocess.run([sys.executable, "-c", burn])
print("burnt", flush=True)
input()
"""


@contextmanager
def parent() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def burnt(process: subprocess.Popen[str], meter: Meter) -> float:
    before = meter.seconds()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.stdout.readline() == "burnt\n"
    return meter.seconds() - before


@pytest.mark.timed
def test_a_tree_counts_children_that_have_ended() -> None:
    with parent() as process:
        assert 0.28 <= burnt(process, Tree(process.pid)) < 2


@pytest.mark.timed
def test_a_process_that_only_sleeps_costs_next_to_nothing() -> None:
    with parent() as process:
        meter = Tree(process.pid)
        time.sleep(0.1)
        before = meter.seconds()
        time.sleep(0.3)
        assert meter.seconds() - before <= 0.05


def test_a_tree_is_a_process_and_all_below_it() -> None:
    with subprocess.Popen(
        ["sh", "-c", "sleep 20 & echo $!; wait"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            child = int(process.stdout.readline())
            assert tree(process.pid) == [process.pid, child]
        finally:
            subprocess.run(["kill", str(child)], check=True)


@pytest.mark.timed
@pytest.mark.real
def test_a_measured_program_is_counted_from_then_on() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with measured(process.pid, "test") as meter:
        seconds = burnt(process, meter)
        process.kill()
        process.communicate()
    assert 0.28 <= seconds < 2
