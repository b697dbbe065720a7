"""Megabytes of the worst text for each parser, in time that grows with its length."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from monserv.probe import processes, procfs
from monserv.probe.disks import disks
from monserv.probe.mounts import Mount, mounts
from monserv.probe.sections import cut
from monserv.probe.text import clean

SIZE = 2 * 1024 * 1024
MANY = [Mount("d", f"/{number}", "ext4", read_only=False) for number in range(512)]


def df(text: str) -> object:
    return disks(text, MANY)


def sections(text: str) -> object:
    return cut(text.encode(), "M")


@pytest.mark.parametrize(
    ("parser", "unit"),
    [
        (procfs.cpu_times, "cpu " + "1" * 190 + "x\n"),
        (procfs.cpu_times, "cpu " + "1 " * 30),
        (procfs.cpu_times, "cpu" + " " * 65536),
        (procfs.memory, "MemTotal:" + " " * 65536),
        (procfs.interfaces, "a:" + "1" * 300 + "x\n"),
        (procfs.interfaces, "a: " + "1 " * 15 + "x:"),
        (procfs.interfaces, "a" + ": " * 30000),
        (procfs.interfaces, " " * 65536),
        (procfs.hardware_interfaces, "/sys/class/net/x/device\n"),
        (procfs.users, "x:x:1\n"),
        (processes.rows, "1 (" + ") S" * 27 + " 1" * 60 + "x"),
        (processes.rows, "1 (a) S" + " 1" * 49 + "\n"),
        (processes.owners, "1 " * 30),
        (mounts, "1 1 1:1 / /a rw \n"),
        (mounts, "1 1 1:1 / /a rw" + " -" * 30000 + "\n"),
        (mounts, "1 1 8:1 / /" + "\\040" * 4000 + " rw - ext4 d rw\n"),
        (df, "x" + " " * 65536),
        (df, "x 1 1 1 1% /?\n"),
        (df, "x" + " 1" * 30000 + "\n"),
        (df, "x 1 1 1 1% /" + "?" * 4000 + "\n"),
        (sections, "M "),
        (clean, "\x1b"),
    ],
)
def test_the_worst_text_is_read_in_bounded_time(parser: Callable[[str], object], unit: str) -> None:
    text = (unit * (SIZE // len(unit) + 1))[:SIZE]
    began_at = time.process_time()
    parser(text)
    # A pattern that reads its text again from each place would need hours.
    assert time.process_time() - began_at < 2
