"""Read ``/proc/pressure/{cpu,io,memory}``, printed one after the other.

Format: the kernel's Documentation/accounting/psi.rst. The lines do not say of which
file they are, but each file begins with its line ``some``.
"""

from __future__ import annotations

import re

import orjson

from monserv.model.hardware import Pressure
from monserv.model.made_often import maker

_SHARE = r"[0-9]{1,3}+\.[0-9]{2}"
_NUMBERS = rf" avg10=({_SHARE}) avg60={_SHARE} avg300={_SHARE} total=([0-9]{{1,19}}+)(?:\n|\Z)"
_FILE = rf"some{_NUMBERS}(?:full{_NUMBERS})?+"
# Of the CPU, of disks, and of memory.
_FILES = re.compile(_FILE * 3)
_MICROSECONDS = 1e6
_NOT_TOLD = "null"

_new_pressure = maker(Pressure)


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
    # Two numbers of each line, two lines of each file.
    return (
        _pressure("cpu", *numbers[:4]),
        _pressure("io", *numbers[4:8]),
        _pressure("memory", *numbers[8:]),
    )


def _pressure(
    resource: str, some: float, some_total: int, full: float | None, full_total: int | None
) -> Pressure:
    return _new_pressure(
        resource,
        min(100.0, some),
        some_total / _MICROSECONDS,
        None if full is None else min(100.0, full),
        None if full_total is None else full_total / _MICROSECONDS,
    )
