"""Read ``/proc/pressure/{cpu,io,memory}``, printed one after the other.

Format: the kernel's Documentation/accounting/psi.rst. The lines do not say of which
file they are, but each file begins with its line ``some``.
"""

from __future__ import annotations

import re

import orjson

from monserv.model.hardware import Pressure

RESOURCES = ("cpu", "io", "memory")

_NUMBERS = (
    r" avg10=(\d{1,3}\.\d\d) avg60=\d{1,3}\.\d\d avg300=\d{1,3}\.\d\d total=(\d{1,19})(?:\n|\Z)"
)
_FILE = rf"some{_NUMBERS}(?:full{_NUMBERS})?+"
_FILES = re.compile(_FILE * len(RESOURCES), re.ASCII)
_MICROSECONDS = 1e6
# Two numbers of each line, two lines of each file.
_FIRST = {resource: 4 * index for index, resource in enumerate(RESOURCES)}
_NOT_TOLD = "null"


def pressure(text: str) -> tuple[Pressure, ...] | None:
    """Return the three resources; ``None`` where the kernel does not tell all of them.

    With one missing nobody could say which. The line ``full`` of the CPU came with 5.13.
    """
    found = _FILES.fullmatch(text)
    if found is None:
        return None
    try:
        numbers = orjson.loads(f"[{','.join(found.groups(_NOT_TOLD))}]")
    except ValueError:
        # A zero in front of another digit, which no kernel writes.
        return None
    return tuple(
        [
            Pressure(
                resource,
                min(100.0, numbers[first]),
                numbers[first + 1] / _MICROSECONDS,
                None if numbers[first + 2] is None else min(100.0, numbers[first + 2]),
                None if numbers[first + 3] is None else numbers[first + 3] / _MICROSECONDS,
            )
            for resource, first in _FIRST.items()
        ]
    )
