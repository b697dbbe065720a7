"""Read ``/proc/<pid>/stat`` of all processes from one run of ``cat``.

A process chooses its own name, newlines and parentheses included, but has only
15 bytes for it, while a complete row has 50 numbers. So rows are read one after
the other, each up to its 50 numbers, and a name can hide no row and forge none.
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from monserv.model.sample import TOP_PROCESSES
from monserv.probe.text import clean

_ROW = re.compile(r"(\d{1,10}) \((.{0,80}?)\) [A-Za-z]((?: -?\d{1,20}){47,60})\n", re.DOTALL)

# No machine has two petabytes of memory or has been up for a billion years.
MAX_RSS_PAGES = 2**39
MAX_STARTED_TICKS = 2**63 - 1

_OWNER = re.compile(r"^(\d{1,10}) (\d{1,10})$", re.MULTILINE)

# Positions among the numbers after the state letter; proc(5) counts from pid = 1.
_START_TIME = 22 - 4
_RSS_PAGES = 24 - 4


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """What one row says; ``started_ticks`` are clock ticks after boot."""

    pid: int
    name: str
    started_ticks: int
    rss_pages: int


def rows(text: str) -> tuple[ProcessRow, ...]:
    """Return a row for each process; reading stops at the first odd byte."""
    found: list[ProcessRow] = []
    position = 0
    while match := _ROW.match(text, position):
        position = match.end()
        pid, name, numbers = match.groups()
        fields = numbers.split()
        started_ticks, rss_pages = int(fields[_START_TIME]), max(0, int(fields[_RSS_PAGES]))
        if 0 <= started_ticks <= MAX_STARTED_TICKS and rss_pages <= MAX_RSS_PAGES:
            found.append(ProcessRow(int(pid), name, started_ticks, rss_pages))
    return tuple(found)


def largest(found: Sequence[ProcessRow], pages: float = math.inf) -> tuple[ProcessRow, ...]:
    """Return the few that are shown and all of at least so many resident pages.

    Largest first, their names made inert.
    """
    top = heapq.nsmallest(TOP_PROCESSES, found, key=_order)
    if top and top[-1].rss_pages >= pages:
        top = sorted((row for row in found if row.rss_pages >= pages), key=_order)
    return tuple(
        ProcessRow(row.pid, clean(row.name), row.started_ticks, row.rss_pages) for row in top
    )


def _order(row: ProcessRow) -> tuple[int, int]:
    return -row.rss_pages, row.pid


def owners(text: str) -> dict[int, int]:
    """Parse lines ``<pid> <uid>``."""
    return {int(pid): int(uid) for pid, uid in _OWNER.findall(text)}
