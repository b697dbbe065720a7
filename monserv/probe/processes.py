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
from collections.abc import Sequence
from operator import add, sub
from struct import pack

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
# back to, it is read without a string for each of the numbers that nobody needs, and those
# that stand together stay together. What follows them is longer than any name.
_COUNT = "[0-9]{1,18}+"


def _line(name: str, skipped: str, rest: str) -> re.Pattern[str]:
    return re.compile(
        rf"^([0-9]{{1,10}}+) \(({name})\) [A-Za-z] {skipped * 10}({_COUNT} {_COUNT}) "
        rf"{skipped * 6}({_COUNT} [0-9]++ -?{_COUNT}) {rest}\n",
        re.MULTILINE,
    )


_LINE = _line(".{0,80}?", "[-0-9]++ ", "[-0-9 ]{50,}+")
# Where all parentheses that close are those of names and behind them, nothing can be shifted,
# and what is passed over need not be looked at. The name of ``(sd-pam)`` ends with one.
_PLAIN_LINE = _line(r"[^)\n]{0,80}+(?:\)(?=\)))?+", "[^ ]++ ", ".{50,}+")
# What ``split`` makes of a line: what stands before it, and its groups.
_PARTS = 5

# No machine has two petabytes of memory or has been up for a billion years.
MAX_RSS_PAGES = 2**39
MAX_STARTED_TICKS = 2**63 - 1

# USER_HZ, which Linux shows to programs on every architecture that it still runs on.
TICKS_PER_SECOND = 100

_OWNER = re.compile(r"^(\d{1,10}) (\d{1,10})$", re.MULTILINE)


def rows(text: str) -> ProcessTable:
    """Return a row for each process; reading stops at the first odd byte."""
    parts = _each_on_its_line(text)
    if parts is not None:
        # Each line is a row from its beginning to its end, so no name reaches beyond its own.
        with contextlib.suppress(ValueError):
            return _table(parts)
    return ProcessTable.of(_one_after_the_other(text))


def _each_on_its_line(text: str) -> list[str] | None:
    """Return the parts of a text whose every line is a row, ``None`` of any other."""
    parts = _PLAIN_LINE.split(text)
    if not any(parts[::_PARTS]):
        names = parts[2::_PARTS]
        if _closings(text) == len(names) + _closings("".join(names)):
            return parts
    parts = _LINE.split(text)
    return None if any(parts[::_PARTS]) else parts


def _closings(text: str) -> int:
    """Count the parentheses that close: what is left without them is found by whole words."""
    read = text.encode("utf-8", "surrogateescape")
    return len(read) - len(read.replace(b")", b""))


def _table(parts: list[str]) -> ProcessTable:
    """Return the table of parts; raises ``ValueError`` where a number is none of a process."""
    names = parts[2::_PARTS]
    if not names:
        return ProcessTable.of(())
    rows_of_numbers = parts[1::_PARTS] + parts[3::_PARTS] + parts[4::_PARTS]
    numbers, many = integers(rows_of_numbers), len(names)
    started, pages = numbers[3 * many :: 3], numbers[3 * many + 2 :: 3]
    if max(pages) > MAX_RSS_PAGES:
        raise ValueError("more pages than a machine has")
    if min(pages) < 0:
        pages = [max(0, one) for one in pages]
    ticks = map(add, numbers[many : 3 * many : 2], numbers[many + 1 : 3 * many : 2])
    kept = _array([*numbers[:many], *started, *pages, *ticks])
    return ProcessTable(
        kept[:many],
        names,
        kept[many : 2 * many],
        kept[2 * many : 3 * many],
        kept[3 * many :],
    )


def _array(numbers: list[int]) -> array[int]:
    """Return an array, made in a third of the time that it takes of the numbers themselves."""
    return array("q", pack(f"{len(numbers)}q", *numbers))


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
    sizes = table.rss_pages.tolist()
    ordered = _in_order(table, sizes, min(pages, _least_of_top(sizes)))
    top = [
        index
        for place, index in enumerate(ordered)
        if place < TOP_PROCESSES or sizes[index] >= pages
    ]
    return tuple(map(_inert, map(table.row, top)))


def busiest(
    known: Sequence[int | None], table: ProcessTable, from_seconds: float, to_seconds: float
) -> tuple[tuple[ProcessRow, float], ...]:
    """Return the few that used most CPU between two uptimes, with percent of one core.

    ``known`` is what the process of each row had used at the first of them, ``None`` where
    nobody knows. Busiest first, their names made inert; those that used none are left out.
    A process that started in between ran all its time in between.
    """
    ticks = (to_seconds - from_seconds) * TICKS_PER_SECOND
    if ticks <= 0:
        return ()
    # An array has a number for each of them.
    if not isinstance(known, array) and None in known:
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
    return tuple([(_inert(table.row(index)), 100.0 * used[index] / ticks) for index in top])


def _least_of_top(numbers: Sequence[int]) -> int:
    """Return the smallest of the few that are shown, or of all when there are no more."""
    return min(sorted(numbers)[-TOP_PROCESSES:], default=0)


def _in_order(table: ProcessTable, numbers: Sequence[int], least: float) -> list[int]:
    """Return the index of those that have at least so much, most first, then by their pids.

    They are chosen by their numbers alone, so that nothing is made for all the others.
    """
    found = [index for index, number in enumerate(numbers) if number >= least]
    found.sort(key=table.pids.__getitem__)
    found.sort(key=numbers.__getitem__, reverse=True)
    return found


def _inert(row: ProcessRow) -> ProcessRow:
    name = clean(row.name)
    return row if name is row.name else row._replace(name=name)


def owners(text: str) -> dict[int, int]:
    """Parse lines ``<pid> <uid>``."""
    return {int(pid): int(uid) for pid, uid in _OWNER.findall(text)}
