"""Read ``/proc/pressure/{cpu,io,memory}``, printed one after the other.

Format: the kernel's Documentation/accounting/psi.rst. The lines do not say of which
file they are, but each file begins with its line ``some``.
"""

from __future__ import annotations

import re

from monserv.model.hardware import Pressure, Pressures
from monserv.model.made_often import maker

_RESOURCES = ("cpu", "io", "memory")
_SHARE = r"(?:[0-9]{1,2}+\.[0-9]{2}|100\.00)"
_NUMBERS = rf" avg10=({_SHARE}) avg60={_SHARE} avg300={_SHARE} total=([0-9]{{1,19}}+)(?:\n|\Z)"
# Two numbers of each line, two lines of each file.
_FILE = rf"some{_NUMBERS}(?:full{_NUMBERS})?+"
_FILES = re.compile(_FILE * len(_RESOURCES))
_GROUPS = 4
_MICROSECONDS = 1e6

_new_pressure = maker(Pressure)


def pressure(text: str) -> Pressures | None:
    """Return the three resources; ``None`` where the kernel does not tell all of them.

    With one missing nobody could say which. The line ``full`` of the CPU came with 5.13.
    """
    found = _FILES.fullmatch(text)
    return None if found is None else Pressures(_some_percents, _pressures, found)


def _some_percents(found: re.Match[str]) -> dict[str, float]:
    cpu, io, memory = map(float, found.group(1, 1 + _GROUPS, 1 + 2 * _GROUPS))
    return {"cpu": cpu, "io": io, "memory": memory}


def _pressures(found: re.Match[str]) -> tuple[Pressure, ...]:
    told = found.groups()
    return tuple(
        _pressure(resource, *told[first : first + _GROUPS])
        for resource, first in zip(_RESOURCES, range(0, len(told), _GROUPS), strict=True)
    )


def _pressure(
    resource: str, some: str, some_total: str, full: str | None, full_total: str | None
) -> Pressure:
    return _new_pressure(
        resource,
        float(some),
        int(some_total) / _MICROSECONDS,
        None if full is None else float(full),
        None if full_total is None else int(full_total) / _MICROSECONDS,
    )
