"""Read the CPU rows of ``/proc/stat``, and how the time between two readings was spent.

Format: proc(5). Guest time is part of user time there and is not added again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from operator import sub

from monserv.model.made_often import made_often, maker
from monserv.model.sample import CpuShares
from monserv.probe.numbers import MAX_COUNTER, counters, integers

# What is kept of a machine that shows more; the largest that are sold have fewer.
MAX_CORES = 2048

# Kernels that account time exactly let a counter step back a little between two
# readings; a second of it in all is more than that.
_WOBBLE_TICKS = 100

# The oldest kernels tell user, nice, system and idle; what comes after steal is
# told twice. A row has ten numbers, one to come may have more.
_FEWEST_MODES = 4
_MODES = 8
_MOST_FIELDS = 24

# The row of all cores, and those of each one, which follow.
_ROWS = re.compile(r"^cpu ++([0-9 ]{1,512}+)((?:\ncpu[0-9][^\n]*+)++)", re.MULTILINE)


@made_often
@dataclass(frozen=True, slots=True)
class CpuTimes:
    """Cumulative clock ticks of all cores in the order of ``CPU_MODES``.

    ``rows`` is the text about each core that is online, for ``core_ticks``.
    """

    total: tuple[int, ...]
    cores: int
    rows: str


_new_times = maker(CpuTimes)
_new_shares = maker(CpuShares)


def cpu_times(stat: str) -> CpuTimes | None:
    """Parse ``/proc/stat``; ``None`` without the row of all cores and a row of one."""
    found = _ROWS.search(stat)
    if found is None:
        return None
    total, rows = found.groups()
    try:
        ticks = tuple(integers([total]))
    except ValueError:
        return None
    if len(ticks) < _FEWEST_MODES or max(ticks) > MAX_COUNTER:
        return None
    return _new_times(ticks, min(rows.count("\n"), MAX_CORES), rows)


def core_ticks(rows: str) -> dict[int, tuple[int, ...]]:
    """Return a core's number -> its ticks, of the rows in a ``CpuTimes``."""
    found: dict[int, tuple[int, ...]] = {}
    for row in islice(rows.split("\n", MAX_CORES + 1), 1, MAX_CORES + 1):
        name, *fields = row.split(None, _MOST_FIELDS) or [""]
        core = name[3:]
        if not (name.startswith("cpu") and core.isascii() and core.isdigit()):
            break
        ticks = _ticks(fields)
        if ticks is not None and len(core) <= len(str(MAX_CORES)):
            found[int(core)] = ticks
    return found


def _ticks(fields: list[str]) -> tuple[int, ...] | None:
    return counters(fields) if len(fields) >= _FEWEST_MODES else None


def shares(
    before: tuple[int, ...], after: tuple[int, ...], core: int | None = None
) -> CpuShares | None:
    """Return how the time between two rows was spent.

    ``None`` when no time passed, or a counter of work went back: then they count anew.
    """
    steps = list(map(sub, after[:_MODES], before))
    passed = sum(steps)
    if passed <= 0:
        return None
    # Waiting for disk and idling step back now and then (proc(5)), and mean nothing by it.
    if min(steps) < 0:
        if sum(min(0, step) for step in (*steps[:3], *steps[5:])) < -_WOBBLE_TICKS:
            return None
        steps = [max(0, step) for step in steps]
        passed = sum(steps)
    if len(steps) < _MODES:
        steps += [0] * (_MODES - len(steps))
    user, nice, system, idle, iowait, irq, softirq, steal = steps
    percent = 100.0 / passed
    used, waiting = (passed - idle - iowait) * percent, iowait * percent
    by_users, by_kernel = (user + nice) * percent, (system + irq + softirq) * percent
    parts = (used, by_users, by_kernel, waiting, steal * percent)
    # Every share is a part of what passed, so none is above a hundred but for rounding.
    if used + waiting > 100.0:  # noqa: PLR2004 -- percent
        return _new_shares(core, *[min(100.0, part) for part in parts])
    return _new_shares(core, *parts)


def per_core(before: CpuTimes, after: CpuTimes) -> tuple[CpuShares, ...]:
    """Return the shares of each core that was online at both readings, by its number."""
    earlier = core_ticks(before.rows)
    found = (
        shares(earlier[core], ticks, core)
        for core, ticks in core_ticks(after.rows).items()
        if core in earlier
    )
    return tuple(one for one in found if one is not None)
