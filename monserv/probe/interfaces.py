"""Read ``/proc/net/dev``; format: proc(5)."""

from __future__ import annotations

from itertools import islice

from monserv.probe.numbers import counters

# What is kept of a machine that shows thousands of them.
MAX_INTERFACES = 1024

# Received: bytes, packets, errors, drops, fifo, frame, compressed, multicast; sent: bytes,
# packets, errors, drops, fifo, collisions, carrier, compressed.
COLUMNS = 16

_HEADINGS = 2
_LOOPBACK = "    lo: "

# Loopback is read too.
_MOST_LINES = MAX_INTERFACES + _HEADINGS + 1

Row = tuple[int, ...]


def rows(net_dev: str) -> dict[str, Row]:
    """Return the kernel's name -> its counters, without loopback; at most ``MAX_INTERFACES``."""
    found = _regular(net_dev)
    return _line_by_line(net_dev) if found is None else found


def _regular(net_dev: str) -> dict[str, Row] | None:
    """Read all lines in one go, as nearly every kernel prints them; ``None`` where it does not."""
    body = net_dev.split("\n", _HEADINGS)[-1]
    if body.startswith(_LOOPBACK):
        # It comes first, and nobody wants its numbers.
        body = body.partition("\n")[2]
    fields = body.split()
    names = fields[:: COLUMNS + 1]
    if body.count(":") != len(names) or not 0 < len(names) <= MAX_INTERFACES:
        return None
    del fields[:: COLUMNS + 1]
    numbers = counters(fields)
    if numbers is None or len(numbers) != COLUMNS * len(names):
        return None
    found = {}
    for index, name in enumerate(names):
        if len(name) < 2 or name[-1] != ":":  # noqa: PLR2004 -- one character and the colon
            return None
        found[name[:-1]] = numbers[index * COLUMNS : (index + 1) * COLUMNS]
    found.pop("lo", None)
    return found


def _line_by_line(net_dev: str) -> dict[str, Row]:
    """Read what is odd: old kernels glue the name to its first number; rows that were cut."""
    found: dict[str, Row] = {}
    for line in islice(net_dev.split("\n", _MOST_LINES), _MOST_LINES):
        # An alias has a colon in its name; there is none in what follows.
        name, _, numbers = line.rpartition(":")
        name = name.strip(" ")
        fields = numbers.split(None, COLUMNS)
        if len(fields) != COLUMNS or not name or name == "lo":
            continue
        row = counters(fields)
        if row is not None and len(found) < MAX_INTERFACES:
            found[name] = row
    return found
