"""Read ``/proc/<pid>/stat`` of all processes from one run of ``cat``.

A process chooses its own name, newlines and parentheses included, but has only
15 bytes for it, while a complete row has 50 numbers. So rows are read one after
the other, each up to its 50 numbers, and a name can hide no row and forge none.
"""

from __future__ import annotations

import contextlib
import math
import re
from array import array
from collections.abc import Mapping, Sequence
from operator import add, sub

from monserv.model.sample import TOP_PROCESSES
from monserv.probe.cpu import MAX_CORES
from monserv.probe.numbers import integers
from monserv.probe.process_table import ProcessRow, ProcessTable
from monserv.probe.text import clean

# proc(5) counts from pid = 1: user and system time are 14 and 15, the start 22, pages 24.
_ROW = re.compile(
    r"(\d{1,10}) \((.{0,80}?)\) [A-Za-z](?: -?\d{1,20}){10} (\d{1,20}) (\d{1,20})"
    r"(?: -?\d{1,20}){6} (\d{1,20}) \d{1,20} (-?\d{1,20})(?: -?\d{1,20}){26,39}\n",
    re.DOTALL | re.ASCII,
)

# The same on a line of its own, as nearly all are. Written out so, and with nothing to go
# back to, it is read without a string for each of the numbers that nobody needs; a range
# is looked up several times as quickly as ``\d``. What follows them is longer than any name.
_SKIPPED = "[-0-9]++ "
_COUNT = "([0-9]{1,18}+)"
_LINE = re.compile(
    rf"^([0-9]{{1,10}}+) \((.{{0,80}}?)\) [A-Za-z] {_SKIPPED * 10}{_COUNT} {_COUNT} "
    rf"{_SKIPPED * 6}{_COUNT} [0-9]++ (-?[0-9]{{1,18}}+) [-0-9 ]{{50,}}+\n",
    re.MULTILINE,
)

# No machine has two petabytes of memory or has been up for a billion years.
MAX_RSS_PAGES = 2**39
MAX_STARTED_TICKS = 2**63 - 1

# USER_HZ, which Linux shows to programs on every architecture that it still runs on.
TICKS_PER_SECOND = 100

_OWNER = re.compile(r"^(\d{1,10}) (\d{1,10})$", re.MULTILINE)


def rows(text: str) -> ProcessTable:
    """Return a row for each process; reading stops at the first odd byte."""
    found = _LINE.findall(text)
    if len(found) == text.count("\n"):
        # Each line is a row from its beginning to its end, so no name reaches beyond its own.
        with contextlib.suppress(ValueError):
            return _table(found)
    return ProcessTable.of(_one_after_the_other(text))


def _table(found: list[tuple[str, ...]]) -> ProcessTable:
    """Return the columns; raises ``ValueError`` where a number is none of a process."""
    if not found:
        return ProcessTable.of(())
    pids, names, user, system, started, pages = zip(*found, strict=True)
    rss_pages = _column(pages)
    if max(rss_pages) > MAX_RSS_PAGES:
        raise ValueError("more pages than a machine has")
    if min(rss_pages) < 0:
        rss_pages = array("q", [max(0, one) for one in rss_pages])
    cpu_ticks = array("q", map(add, integers(user), integers(system)))
    return ProcessTable(_column(pids), names, _column(started), rss_pages, cpu_ticks)


def _column(words: Sequence[str]) -> array[int]:
    return array("q", integers(words))


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
    sizes = table.rss_pages
    ordered = _in_order(table, sizes, min(pages, _least_of_top(sizes)))
    return tuple(
        _inert(table.row(index))
        for place, (size, _, index) in enumerate(ordered)
        if place < TOP_PROCESSES or size >= pages
    )


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
    known = list(map(before.get, zip(table.pids, table.started_ticks, strict=True)))
    if None in known:
        # One that was there before, and is only seen now, has no rate yet.
        began = from_seconds * TICKS_PER_SECOND
        first = zip(known, table.started_ticks, table.cpu_ticks, strict=True)
        known = [
            then if then is not None else 0 if start >= began else now for then, start, now in first
        ]
    used = list(map(sub, table.cpu_ticks, known))
    if max(used, default=0) > ticks * MAX_CORES:
        # What no machine has cores for is no reading.
        used = [step if step <= ticks * MAX_CORES else 0 for step in used]
    top = _in_order(table, used, max(1, _least_of_top(used)))[:TOP_PROCESSES]
    return tuple((_inert(table.row(index)), 100.0 * step / ticks) for step, _, index in top)


def _least_of_top(numbers: Sequence[int]) -> int:
    """Return the smallest of the few that are shown, or of all when there are no more."""
    return min(sorted(numbers, reverse=True)[:TOP_PROCESSES], default=0)


def _in_order(
    table: ProcessTable, numbers: Sequence[int], least: float
) -> list[tuple[int, int, int]]:
    """Return number, negative pid and index of those that have at least so much, most first.

    They are chosen by their numbers alone, so that nothing is made for all the others.
    """
    found = [index for index, number in enumerate(numbers) if number >= least]
    return sorted([(numbers[one], -table.pids[one], one) for one in found], reverse=True)


def _inert(row: ProcessRow) -> ProcessRow:
    name = clean(row.name)
    return row if name is row.name else row._replace(name=name)


def owners(text: str) -> dict[int, int]:
    """Parse lines ``<pid> <uid>``."""
    return {int(pid): int(uid) for pid, uid in _OWNER.findall(text)}
