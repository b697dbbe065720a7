"""Read ``/proc/<pid>/stat`` of all processes from one run of ``cat``.

A process chooses its own name, newlines and parentheses included, but has only
15 bytes for it, while a complete row has 50 numbers. So rows are read one after
the other, each up to its 50 numbers, and a name can hide no row and forge none.
"""

from __future__ import annotations

import heapq
import math
import re
from array import array
from collections.abc import Mapping, Sequence
from operator import add, neg

from monserv.model.sample import TOP_PROCESSES
from monserv.probe.cpu import MAX_CORES
from monserv.probe.process_table import ProcessRow, ProcessTable
from monserv.probe.text import clean

# proc(5) counts from pid = 1: user and system time are 14 and 15, the start 22, pages 24.
_ROW = re.compile(
    r"(\d{1,10}) \((.{0,80}?)\) [A-Za-z](?: -?\d{1,20}){10} (\d{1,20}) (\d{1,20})"
    r"(?: -?\d{1,20}){6} (\d{1,20}) \d{1,20} (-?\d{1,20})(?: -?\d{1,20}){26,39}\n",
    re.DOTALL | re.ASCII,
)

# Where they are, the pid being the first.
_USER_FIELD = 14 - 1
_SYSTEM_FIELD = 15 - 1
_START_FIELD = 22 - 1
_RSS_FIELD = 24 - 1
# What follows them on the oldest kernels, less one; and what a name has, workers of the
# kernel included.
_FEWEST_BEHIND = 25
_FEWEST_BLANKS = _RSS_FIELD + 1 + _FEWEST_BEHIND
_LONGEST_NAME = 80

# No machine has two petabytes of memory or has been up for a billion years.
MAX_RSS_PAGES = 2**39
MAX_STARTED_TICKS = 2**63 - 1

# USER_HZ, which Linux shows to programs on every architecture that it still runs on.
TICKS_PER_SECOND = 100

_OWNER = re.compile(r"^(\d{1,10}) (\d{1,10})$", re.MULTILINE)


def rows(text: str) -> ProcessTable:
    """Return a row for each process; reading stops at the first odd byte."""
    found = _by_columns(text)
    return ProcessTable.of(_one_after_the_other(text)) if found is None else found


def _by_columns(text: str) -> ProcessTable | None:
    """Read rows that are a line each, as nearly all are; ``None`` when one is not.

    A line with as many blanks as the first one, whose name is one word in parentheses, is a
    row: a blank in a name would be one more. Any other line is looked at by itself.
    """
    lines = text.rstrip("\n").split("\n")
    blanks = lines[0].count(" ")
    if blanks < _FEWEST_BLANKS:
        return None
    fields = [line.split(" ", _RSS_FIELD + 1) for line in lines]
    for index, line in enumerate(lines):
        name = fields[index][1:2]
        if line.count(" ") != blanks or name[0][:1] != "(" or name[0][-1:] != ")":
            taken_apart = _fields(line)
            if taken_apart is None:
                return None
            fields[index] = taken_apart
    try:
        return _table(fields)
    except (ValueError, OverflowError):
        return None


def _fields(line: str) -> list[str] | None:
    """Return the fields of a row whose name may be anything; ``None`` when it is none.

    A part of a name that looks like the end of a row has too few numbers behind it.
    """
    pid, _, rest = line.partition(" (")
    name, _, numbers = rest.rpartition(") ")
    behind = numbers.split(" ", _RSS_FIELD - 1)
    is_row = len(behind) == _RSS_FIELD and behind[-1].count(" ") >= _FEWEST_BEHIND
    return [pid, f"({name})", *behind] if is_row and len(name) <= _LONGEST_NAME else None


def _table(fields: list[list[str]]) -> ProcessTable:
    """Return the columns; raises ``ValueError``, ``OverflowError`` where a number is none."""
    columns = list(zip(*fields, strict=True))
    pids = array("q", map(int, columns[0]))
    started = array("q", map(int, columns[_START_FIELD]))
    pages = array("q", map(int, columns[_RSS_FIELD]))
    user, system = map(int, columns[_USER_FIELD]), map(int, columns[_SYSTEM_FIELD])
    ticks = array("q", map(add, user, system))
    if min(pids) < 0 or min(started) < 0 or max(pages) > MAX_RSS_PAGES:
        raise ValueError("a number that is none of a process")
    if min(pages) < 0:
        pages = array("q", [max(0, one) for one in pages])
    return ProcessTable(pids, [name[1:-1] for name in columns[1]], started, pages, ticks)


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
    table = ProcessTable.of(found)
    ordered = zip(table.rss_pages, map(neg, table.pids), range(len(table)), strict=True)
    top = heapq.nlargest(TOP_PROCESSES, ordered)
    if top and top[-1][0] >= pages:
        large = [index for index, size in enumerate(table.rss_pages) if size >= pages]
        top = sorted([(table.rss_pages[one], -table.pids[one], one) for one in large], reverse=True)
    return tuple(_inert(table.row(index)) for _, _, index in top)


def busiest(
    before: Mapping[tuple[int, int], int],
    after: Sequence[ProcessRow],
    from_seconds: float,
    to_seconds: float,
) -> tuple[tuple[ProcessRow, float], ...]:
    """Return the few that used most CPU between two uptimes, with percent of one core.

    ``before`` is pid and start -> what each had used at the first of them.
    Busiest first, their names made inert; those that used none are left out. A process
    that started in between ran all its time in between.
    """
    ticks = (to_seconds - from_seconds) * TICKS_PER_SECOND
    if ticks <= 0:
        return ()
    table = ProcessTable.of(after)
    processes = zip(table.pids, table.started_ticks, strict=True)
    began = from_seconds * TICKS_PER_SECOND
    used: list[tuple[int, int, int]] = []
    for index, (key, now) in enumerate(zip(processes, table.cpu_ticks, strict=True)):
        known = before.get(key)
        if known is None and key[1] >= began:
            known = 0
        # What no machine has cores for is no reading.
        if known is not None and 0 < now - known <= ticks * MAX_CORES:
            used.append((now - known, -key[0], index))
    top = heapq.nlargest(TOP_PROCESSES, used)
    return tuple((_inert(table.row(index)), 100.0 * step / ticks) for step, _, index in top)


def _inert(row: ProcessRow) -> ProcessRow:
    return row._replace(name=clean(row.name))


def owners(text: str) -> dict[int, int]:
    """Parse lines ``<pid> <uid>``."""
    return {int(pid): int(uid) for pid, uid in _OWNER.findall(text)}
