"""Read ``/proc/pressure/{cpu,io,memory}``, printed one after the other.

Format: the kernel's Documentation/accounting/psi.rst. The lines do not say of which
file they are, but each file begins with its line ``some``.
"""

from __future__ import annotations

import re

from monserv.model.hardware import Pressure

RESOURCES = ("cpu", "io", "memory")

_NUMBERS = (
    r" avg10=(\d{1,3}\.\d\d) avg60=\d{1,3}\.\d\d avg300=\d{1,3}\.\d\d total=(\d{1,19})(?:\n|\Z)"
)
_FILE = rf"some{_NUMBERS}(?:full{_NUMBERS})?+"
_FILES = re.compile(_FILE * len(RESOURCES), re.ASCII)
_MICROSECONDS = 1e6


def pressure(text: str) -> tuple[Pressure, ...] | None:
    """Return the three resources; ``None`` where the kernel does not tell all of them.

    With one missing nobody could say which. The line ``full`` of the CPU came with 5.13.
    """
    found = _FILES.fullmatch(text)
    if found is None:
        return None
    told = found.groups()
    # Two numbers of each line, two lines of each file.
    rows = zip(RESOURCES, told[0::4], told[1::4], told[2::4], told[3::4], strict=True)
    return tuple([_pressure(*row) for row in rows])


def _pressure(
    resource: str, some: str, some_total: str, full: str | None, full_total: str | None
) -> Pressure:
    waited = min(100.0, float(some)), int(some_total) / _MICROSECONDS
    if full is None or full_total is None:
        return Pressure(resource, *waited)
    return Pressure(resource, *waited, min(100.0, float(full)), int(full_total) / _MICROSECONDS)
