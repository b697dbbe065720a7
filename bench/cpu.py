"""The CPU time that programs use, whatever else the machine does meanwhile.

Two ways to read it. A control group counts every process that was ever in it, to the
microsecond, but only root can make one. A tree of processes is read from
``/proc/<pid>/stat`` in steps of a clock tick; what its members' children used is
included once they were waited for, what was left to ``init`` is not.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
EMPTY_WITHIN_SECONDS = 5.0


class Meter(Protocol):
    """Whatever tells how much CPU time was used so far."""

    def seconds(self) -> float:
        """Return CPU seconds, user and system; only their growth means something."""


def parents() -> Mapping[int, int]:
    """Return pid -> parent of all processes."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # A process may end while its line is read.
        with contextlib.suppress(OSError):
            found[int(stat.parent.name)] = int(_fields(stat)[1])
    return found


def tree(pid: int) -> list[int]:
    """Return a process, its children, their children, and so on."""
    known = parents()
    found = [pid]
    for one in found:
        found += [child for child, parent in known.items() if parent == one]
    return found


class Tree:
    """A process and its descendants, with the children that they have waited for."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def seconds(self) -> float:
        """Return CPU seconds in steps of a clock tick."""
        ticks = 0
        for pid in tree(self._pid):
            with contextlib.suppress(OSError):
                ticks += sum(map(int, _fields(Path(f"/proc/{pid}/stat"))[11:15]))
        return ticks / TICKS_PER_SECOND


class ControlGroup:
    """A control group of our own; processes inherit it from their parents.

    Raises ``OSError`` where none can be made.
    """

    def __init__(self, name: str) -> None:
        self._folder = _folder(f"monserv-bench-{os.getpid()}-{name}")

    def add(self, pid: int) -> None:
        """Take in a process, and whatever it starts from now on."""
        (self._folder / "cgroup.procs").write_text(str(pid))

    def seconds(self) -> float:
        """Return CPU seconds since the group was made."""
        version_1 = self._folder / "cpuacct.usage"
        if version_1.exists():
            return int(version_1.read_text()) / 1e9
        usage = (self._folder / "cpu.stat").read_text().split("\n")[0]
        return int(usage.removeprefix("usage_usec ")) / 1e6

    def remove(self) -> None:
        """Remove it; its processes, which must be ending, are waited for."""
        give_up_at = time.monotonic() + EMPTY_WITHIN_SECONDS
        while (self._folder / "cgroup.procs").read_text() and time.monotonic() < give_up_at:
            time.sleep(0.02)
        self._folder.rmdir()


@contextlib.contextmanager
def measured(pid: int, name: str) -> Iterator[Meter]:
    """Give the finest meter there is of a process and of what it starts from now on.

    The process has to end before the context does.
    """
    try:
        group = ControlGroup(name)
    except OSError:
        yield Tree(pid)
        return
    try:
        group.add(pid)
        yield group
    finally:
        group.remove()


def _fields(stat: Path) -> list[str]:
    # The name, in parentheses, may contain anything; the state is the first field after it.
    return stat.read_text(errors="replace").rpartition(") ")[2].split()


def _folder(name: str) -> Path:
    """Make a group in the first hierarchy that counts CPU time and lets us."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, path, kind, options, *_ = line.split(" ")
        if kind == "cgroup2" or (kind == "cgroup" and "cpuacct" in options.split(",")):
            folder = Path(path, name)
            with contextlib.suppress(OSError):
                folder.mkdir()
                return folder
    raise OSError("No control group can be made here")
