"""The probe's own count of the processes that it makes is the kernel's."""

from __future__ import annotations

import re
import subprocess

import pytest

from monserv.probe import cost, script

pytestmark = pytest.mark.real

QUESTIONS = ("facts", "poll", "mounts", "memory", "processes", "sensors", "logins", "owners 1")
# The count is told and then the kernel's number of the newest process, in a namespace where
# only the probe makes any.
# What a container engine starts by itself is not counted, so it is not asked.
ABOUT_PATHS = ("disks M / /tmp", f"disks M {script.encode('/a b')}", "remote M /")


def counted(shell: list[str]) -> tuple[int, int]:
    """Return what the probe counted, and how many processes the kernel has made for it."""
    lines = [f"{verb.partition(' ')[0]} M {verb.partition(' ')[2]}" for verb in QUESTIONS]
    asked = "".join(f"{line}\n" for line in (*lines, *ABOUT_PATHS, "cost M"))
    with subprocess.Popen(
        ["unshare", "--pid", "--fork", "--mount-proc", *shell],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as probe:
        assert probe.stdin is not None
        assert probe.stdout is not None
        probe.stdin.write(script.SCRIPT)
        probe.stdin.flush()
        assert probe.stdout.readline() == script.READY.decode()
        probe.stdin.write(f"{asked}poll M\n")
        probe.stdin.close()
        said = probe.stdout.read()
    told = cost.forks(said)
    newest = re.findall(r"^\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+/\d+ (\d+)$", said, re.MULTILINE)[-1]
    assert told is not None
    # The shell itself is the first process there.
    return told, int(newest) - 1


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"]], ids=" ".join)
def test_the_probe_counts_every_process_that_it_makes(shell: list[str]) -> None:
    told, made = counted(shell)
    assert told == made


def test_bash_makes_one_more_for_each_run_of_df() -> None:
    told, made = counted(["bash"])
    assert told <= made <= told + 2
