"""Read ``/proc/<pid>/stat`` of all processes from one run of ``cat``.

A process chooses its own name, newlines and parentheses included, but has only
15 bytes for it, while a complete row has 50 numbers. So rows are read one after
the other, each up to its 50 numbers, and a name can hide no row and forge none.
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monserv.model.sample import TOP_PROCESSES
from monserv.probe.cpu import MAX_CORES
from monserv.probe.text import clean

# proc(5) counts from pid = 1: user and system time are 14 and 15, the start 22, pages 24.
_ROW = re.compile(
    r"(\d{1,10}) \((.{0,80}?)\) [A-Za-z](?: -?\d{1,20}){10} (\d{1,20}) (\d{1,20})"
    r"(?: -?\d{1,20}){6} (\d{1,20}) \d{1,20} (-?\d{1,20})(?: -?\d{1,20}){26,39}\n",
    re.DOTALL | re.ASCII,
)

# Where they are behind the name; the state, which is 3, comes first.
_USER_TIME = 14 - 3
_SYSTEM_TIME = 15 - 3
_START_TIME = 22 - 3
_RSS_PAGES = 24 - 3
# What follows them on the oldest kernels, less one; and what a name has, workers of the
# kernel included.
_FEWEST_BEHIND = 25
_LONGEST_NAME = 80

# No machine has two petabytes of memory or has been up for a billion years.
MAX_RSS_PAGES = 2**39
MAX_STARTED_TICKS = 2**63 - 1

# USER_HZ, which Linux shows to programs on every architecture that it still runs on.
TICKS_PER_SECOND = 100

_OWNER = re.compile(r"^(\d{1,10}) (\d{1,10})$", re.MULTILINE)


class ProcessRow(NamedTuple):
    """What one row says, in clock ticks: when it started after boot, how long it has run."""

    pid: int
    name: str
    started_ticks: int
    rss_pages: int
    cpu_ticks: int = 0


def rows(text: str) -> tuple[ProcessRow, ...]:
    """Return a row for each process; reading stops at the first odd byte."""
    found = _line_by_line(text)
    return _one_after_the_other(text) if found is None else found


def _line_by_line(text: str) -> tuple[ProcessRow, ...] | None:
    """Read rows that are a line each, as nearly all are; ``None`` when one is not.

    A part of a name that looks like the end of a row has too few numbers behind it.
    """
    found: list[ProcessRow] = []
    for line in text.rstrip("\n").split("\n"):
        pid, _, rest = line.partition(" (")
        name, _, numbers = rest.rpartition(") ")
        fields = numbers.split(" ", _RSS_PAGES + 1)
        try:
            row = ProcessRow(
                int(pid),
                name,
                int(fields[_START_TIME]),
                max(0, int(fields[_RSS_PAGES])),
                int(fields[_USER_TIME]) + int(fields[_SYSTEM_TIME]),
            )
        except (ValueError, IndexError):
            return None
        if len(name) > _LONGEST_NAME or fields[-1].count(" ") < _FEWEST_BEHIND or row.pid < 0:
            return None
        if 0 <= row.started_ticks <= MAX_STARTED_TICKS and row.rss_pages <= MAX_RSS_PAGES:
            found.append(row)
    return tuple(found)


def _one_after_the_other(text: str) -> tuple[ProcessRow, ...]:
    found: list[ProcessRow] = []
    position = 0
    while match := _ROW.match(text, position):
        position = match.end()
        pid, name, user, system, started, pages = match.groups()
        started_ticks, rss_pages = int(started), max(0, int(pages))
        if started_ticks <= MAX_STARTED_TICKS and rss_pages <= MAX_RSS_PAGES:
            cpu_ticks = int(user) + int(system)
            found.append(ProcessRow(int(pid), name, started_ticks, rss_pages, cpu_ticks))
    return tuple(found)


def largest(found: Sequence[ProcessRow], pages: float = math.inf) -> tuple[ProcessRow, ...]:
    """Return the few that are shown and all of at least so many resident pages.

    Largest first, their names made inert.
    """
    top = heapq.nsmallest(TOP_PROCESSES, found, key=_order)
    if top and top[-1].rss_pages >= pages:
        top = sorted((row for row in found if row.rss_pages >= pages), key=_order)
    return tuple(row._replace(name=clean(row.name)) for row in top)


def busiest(
    before: Iterable[ProcessRow],
    after: Sequence[ProcessRow],
    from_seconds: float,
    to_seconds: float,
) -> tuple[tuple[ProcessRow, float], ...]:
    """Return the few that used most CPU between two uptimes, with percent of one core.

    Busiest first, their names made inert; those that used none are left out. A process
    that started in between ran all its time in between.
    """
    ticks = (to_seconds - from_seconds) * TICKS_PER_SECOND
    if ticks <= 0:
        return ()
    earlier = {(row.pid, row.started_ticks): row.cpu_ticks for row in before}
    began = from_seconds * TICKS_PER_SECOND
    used: list[tuple[int, ProcessRow]] = []
    for row in after:
        known = earlier.get((row.pid, row.started_ticks))
        if known is None and row.started_ticks >= began:
            known = 0
        # What no machine has cores for is no reading.
        if known is not None and 0 < row.cpu_ticks - known <= ticks * MAX_CORES:
            used.append((row.cpu_ticks - known, row))
    top = heapq.nsmallest(TOP_PROCESSES, used, key=lambda pair: (-pair[0], pair[1].pid))
    return tuple((row._replace(name=clean(row.name)), 100.0 * step / ticks) for step, row in top)


def _order(row: ProcessRow) -> tuple[int, int]:
    return -row.rss_pages, row.pid


def owners(text: str) -> dict[int, int]:
    """Parse lines ``<pid> <uid>``."""
    return {int(pid): int(uid) for pid, uid in _OWNER.findall(text)}
