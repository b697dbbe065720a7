"""Read what explains an alert: disk use and growth of processes, kills of the kernel.

Largest and busiest processes, failed units and logins are in every sample already.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Mapping
from itertools import islice

from monserv.model.evidence import DiskUse, Growth, Killed
from monserv.model.sample import TOP_PROCESSES
from monserv.probe.numbers import MAX_COUNTER
from monserv.probe.process_table import ProcessRow
from monserv.probe.text import clean

# What a person reads of a machine that killed one after the other.
MAX_KILLED = 16

_IO = re.compile(r"^/proc/(\d{1,10})/io:(read|write)_bytes: (\d{1,19})$", re.MULTILINE | re.ASCII)

# ``[ 123.4] Out of memory: Killed process 12 (name) total-vm:...``; older kernels write
# ``Kill process 12 (name) score 9 or sacrifice child``, and of a cgroup
# ``Memory cgroup out of memory: Killed process``.
_KILLED = re.compile(
    r"^(?:<\d{1,3}>)?(?:\[ *(\d{1,12}\.\d{1,9})\])?[^\n]{0,80}?"
    r"\bKill(?:ed)? process (\d{1,10}),? \(([^\n]{0,80}?)\)",
    re.MULTILINE | re.ASCII,
)

DiskCounters = Mapping[int, tuple[int, int]]


def disk_counters(text: str) -> dict[int, tuple[int, int]]:
    """Return pid -> bytes read and written since it started, of processes that may be read.

    ``text`` are rows ``/proc/<pid>/io:read_bytes: <number>``.
    """
    read: dict[int, int] = {}
    written: dict[int, int] = {}
    for pid, kind, number in _IO.findall(text):
        if int(number) <= MAX_COUNTER:
            (read if kind == "read" else written)[int(pid)] = int(number)
    return {pid: (read[pid], written[pid]) for pid in read if pid in written}


def disk_use(
    before: DiskCounters, after: DiskCounters, rows: Iterable[ProcessRow], seconds: float
) -> tuple[DiskUse, ...]:
    """Return the few that used disks most between two readings, heaviest first.

    A process whose counters went back is another one with its pid.
    """
    if seconds <= 0:
        return ()
    names = {row.pid: row.name for row in rows}
    steps = (
        (pid, after[pid][0] - read, after[pid][1] - written)
        for pid, (read, written) in before.items()
        if pid in after
    )
    used = [step for step in steps if min(step[1:]) >= 0 < step[1] + step[2]]
    top = heapq.nsmallest(TOP_PROCESSES, used, key=lambda step: (-step[1] - step[2], step[0]))
    return tuple(
        DiskUse(pid, clean(names.get(pid, "")), round(read / seconds), round(written / seconds))
        for pid, read, written in top
    )


def growth(
    before: Iterable[ProcessRow], after: Iterable[ProcessRow], page_bytes: int
) -> tuple[Growth, ...]:
    """Return the few whose resident memory grew most, most first; a new one grew from nothing."""
    earlier = {(row.pid, row.started_ticks): row.rss_pages for row in before}
    grown = ((row.rss_pages - earlier.get((row.pid, row.started_ticks), 0), row) for row in after)
    top = heapq.nsmallest(
        TOP_PROCESSES,
        (pair for pair in grown if pair[0] > 0),
        key=lambda pair: (-pair[0], pair[1].pid),
    )
    return tuple(Growth(row.pid, clean(row.name), pages * page_bytes) for pages, row in top)


def killed(text: str) -> tuple[Killed, ...] | None:
    """Return the last ones that the kernel killed, in its order; ``None`` when its log is closed.

    ``text`` are lines of the kernel's log.
    """
    if text.startswith("! "):
        return None
    found = [
        Killed(int(line[2]), clean(line[3]), float(line[1]) if line[1] else None)
        for line in islice(_KILLED.finditer(text), 4 * MAX_KILLED)
    ]
    return tuple(found[-MAX_KILLED:])
