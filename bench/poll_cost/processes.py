"""The list of processes of a simulated server: each goes on as it did between two real lists.

On a real server most processes do nothing for minutes, and their rows are the same to the last
byte; whoever reads a list may make use of that. So what moves, and by how much, is not made up
but recorded: counters go on at the pace that was seen, also one of a tick in twenty seconds, and
what only changes, like the memory or the state, is what it was in either list by turns.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bench.poll_cost.template import Template, literal

# A server that does one thing has about so many, most of them the kernel's own.
PROCESSES = 120

_ROW = re.compile(rb"(\d+) (\(.*\)) (.*)\n")
# Where the numbers of proc(5) stand behind the name: the state is the third of a row.
_FIRST = 3
_STARTED = 22 - _FIRST
# Faults, times, waits for disks and times of guests.
_COUNTERS = frozenset(field - _FIRST for field in (*range(10, 18), 42, 43, 44))
_ENDED = frozenset((b"Z", b"X"))


@dataclass(frozen=True, slots=True)
class _Row:
    """One process; ``fields`` are what stands behind its name."""

    pid: bytes
    name: bytes
    fields: tuple[bytes, ...]

    @property
    def key(self) -> tuple[bytes, bytes]:
        """What no other process of the same boot has."""
        return self.pid, self.fields[_STARTED]


def pids(answer: bytes) -> list[bytes]:
    """Return the processes of a list."""
    return [row.pid for row in _rows(answer)]


def template(first: bytes, later: bytes, seconds: int, kept: Collection[bytes]) -> Template:
    """Return the list as it goes on after two, so many seconds apart.

    It has those processes of ``kept`` that are in both: one that began or ended would do so for
    ever, at each turn.
    """
    opening, *_, closing = first.splitlines(keepends=True)
    after = {row.key: row for row in _rows(later)}
    pairs = [(row, after[row.key]) for row in _rows(first) if row.pid in kept and row.key in after]
    numbers: list[tuple[int, int]] = []
    texts = [opening, opening]
    for pair in pairs[:PROCESSES]:
        counters = dict(_counters(*pair))
        numbers += counters.values()
        for turn, row in enumerate(pair):
            texts[turn] += _line(row, counters)
    return Template(tuple([text + closing for text in texts]), tuple(numbers), seconds)


def moving(listed: Template) -> tuple[int, int]:
    """Return how many processes a list has, and how many of them differ in the next one."""
    now, then = (_rows(listed.at(seconds, b"")) for seconds in (0, listed.period_seconds))
    differ = [one != other for one, other in zip(now, then, strict=True)]
    return len(differ), sum(differ)


def _rows(answer: bytes) -> Iterator[_Row]:
    """Yield the rows of processes that have not ended, but for those that are no line."""
    for line in answer.splitlines(keepends=True):
        found = _ROW.fullmatch(line)
        fields = tuple(found[3].split(b" ")) if found else ()
        if found and len(fields) > _STARTED and fields[0] not in _ENDED:
            yield _Row(found[1], found[2], fields)


def _counters(first: _Row, later: _Row) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the fields that have grown, and what each was and by how much it grew."""
    for field in sorted(_COUNTERS):
        if field < min(len(first.fields), len(later.fields)):
            was, is_now = int(first.fields[field]), int(later.fields[field])
            if is_now > was:
                yield field, (was, is_now - was)


def _line(row: _Row, counters: Collection[int]) -> bytes:
    """Return the row of a template, with room for these of its fields."""
    fields = [b"%d" if index in counters else one for index, one in enumerate(row.fields)]
    return b"%s %s %s\n" % (row.pid, literal(row.name), b" ".join(fields))
