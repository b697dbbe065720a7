"""Read ``/proc/net/dev``; format: proc(5).

Most interfaces of most machines carry nothing, so a line that comes again is not read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from monserv.model.made_often import maker
from monserv.probe.numbers import counters

# What is kept of a machine that shows thousands of them.
MAX_INTERFACES = 1024

# Received: bytes, packets, errors, drops, fifo, frame, compressed, multicast; sent: bytes,
# packets, errors, drops, fifo, collisions, carrier, compressed.
COLUMNS = 16

_HEADINGS = 2

# Loopback is read too.
_MOST_LINES = MAX_INTERFACES + _HEADINGS + 1

Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Interfaces:
    """What each line tells, and the kernel's name -> its counters, without loopback."""

    lines: Mapping[str, tuple[str, Row]]
    rows: Mapping[str, Row]


NONE = Interfaces({}, {})
_new_interfaces = maker(Interfaces)


def interfaces(net_dev: str, before: Interfaces = NONE) -> Interfaces:
    """Return at most ``MAX_INTERFACES``; ``before`` are those of the reading before."""
    known, lines = before.lines, {}
    for line in islice(net_dev.split("\n", _MOST_LINES), _HEADINGS, _MOST_LINES):
        row = known.get(line) or _row(line)
        if row is not None:
            lines[line] = row
    return _new_interfaces(lines, dict(islice(lines.values(), MAX_INTERFACES)))


def _row(line: str) -> tuple[str, Row] | None:
    # An alias has a colon in its name; there is none in what follows. Old kernels glue the
    # name to its first number.
    name, _, numbers = line.rpartition(":")
    name = name.strip(" ")
    if not name or name == "lo":
        return None
    fields = numbers.split(None, COLUMNS)
    row = counters(fields) if len(fields) == COLUMNS else None
    return None if row is None else (name, row)
