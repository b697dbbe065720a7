"""Read ``/proc/pressure/{cpu,io,memory}``, printed one after the other.

Format: the kernel's Documentation/accounting/psi.rst. The lines do not say of which
file they are, but each file begins with its line ``some``.
"""

from __future__ import annotations

import re

from monserv.model.hardware import Pressure

RESOURCES = ("cpu", "io", "memory")

_LINE = re.compile(
    r"^(some|full) avg10=(\d{1,3}\.\d\d) avg60=\d{1,3}\.\d\d avg300=\d{1,3}\.\d\d"
    r" total=(\d{1,19})$",
    re.MULTILINE | re.ASCII,
)
_MICROSECONDS = 1e6

# Two lines of each file.
_MOST_LINES = 2 * len(RESOURCES)


def pressure(text: str) -> tuple[Pressure, ...] | None:
    """Return the three resources; ``None`` where the kernel does not tell all of them.

    With one missing nobody could say which. The line ``full`` of the CPU came with 5.13.
    """
    if not text:
        return None
    found: list[Pressure] = []
    lines = _LINE.findall(text)[: _MOST_LINES + 1]
    for kind, percent, microseconds in lines:
        average, seconds = min(100.0, float(percent)), int(microseconds) / _MICROSECONDS
        if kind == "some":
            if len(found) == len(RESOURCES):
                return None
            found.append(Pressure(RESOURCES[len(found)], average, seconds))
        elif found:
            some = found[-1]
            found[-1] = Pressure(
                some.resource, some.some_percent, some.some_seconds, average, seconds
            )
    return tuple(found) if len(found) == len(RESOURCES) else None
