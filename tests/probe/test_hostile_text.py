"""Megabytes of the worst text for each parser, in time that grows with its length."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from monserv.probe import (
    blocks,
    containers,
    counters,
    cpu,
    files,
    interfaces,
    logins,
    memory,
    pressure,
    processes,
    procfs,
    sensors,
    system,
    units,
)
from monserv.probe.disks import disks
from monserv.probe.mounts import Mount, mounts
from monserv.probe.sections import cut
from monserv.probe.text import clean

SIZE = 2 * 1024 * 1024
MANY = [Mount("d", f"/{number}", "ext4", read_only=False) for number in range(512)]


def df(text: str) -> object:
    return disks(text, MANY)


def docker(text: str) -> object:
    return containers.containers(text, "docker")


def os_release(text: str) -> object:
    return system.system(text, text)


def sections(text: str) -> object:
    return cut(text.encode(), "M")


@pytest.mark.parametrize(
    ("parser", "unit"),
    [
        (cpu.cpu_times, "cpu " + "1" * 190 + "x\n"),
        (cpu.cpu_times, "cpu " + "1 " * 30),
        (cpu.cpu_times, "cpu" + " " * 65536),
        (cpu.core_ticks, "\ncpu0 1 1 1 1"),
        (cpu.core_ticks, "\ncpu0 " + "9" * 4000 + " 1 1 1"),
        (memory.memory, "MemTotal: 1 kB\nMemAvailable: 1 kB\n"),
        (memory.memory, "MemTotal:" + " " * 65536),
        (memory.fields, "MemTotal:" + " " * 65536),
        (memory.fields, "MemTotal: 1"),
        (memory.zfs_cache_bytes, "size 4" + " " * 65536),
        (interfaces.interfaces, "a:" + "1" * 300 + "x\n"),
        (interfaces.interfaces, "a: " + "1 " * 15 + "x:"),
        (interfaces.interfaces, "a" + ": " * 30000),
        (interfaces.interfaces, " " * 65536),
        (interfaces.interfaces, "a: " + "9" * 65536 + " 1" * 15 + "\n"),
        (blocks.rows, " 8 0 sda" + " 1" * 40 + "\n"),
        (blocks.rows, " 8 0 a" + "1" * 30000 + "\n"),
        (blocks.rows, " 8 0 sd" + "1" * 9 + " 1" * 11 + "\n"),
        (files.cut, "\n  8   0" + " " * 65536),
        (files.cut, "\n" + "1" * 65536),
        (pressure.pressure, "some avg10=1.00 "),
        (pressure.pressure, "some avg10=1.00 avg60=1.00 avg300=1.00 total=1\n"),
        (counters.kernel_numbers, "\nintr" + " 1" * 30000),
        (counters.events, "oom_kill 1\n"),
        (sensors.temperatures, "a b c\t1\n"),
        (sensors.temperatures, "a " * 30000 + "\n"),
        (units.units, "● a a failed " + "a " * 3000 + "\n"),
        (units.units, " " * 65536),
        (units.units, "a" * 65536 + "\n"),
        (docker, "[" * 65000 + "\n"),
        (docker, '{"ID": ' + "9" * 60000 + "}\n"),
        (docker, "{" * 100000),
        (logins.logins, "a a " + "1" * 65536 + "\n"),
        (logins.logins, "a " * 30000),
        (logins.logins, "a b" + " \t" * 30000 + "\n"),
        (logins.logins, "a b 2026-01-01 12:00" + " \t" * 30000 + "\n"),
        (os_release, "A=" + '\\"' * 30000 + "\n"),
        (os_release, "A" * 65536 + "\n"),
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
