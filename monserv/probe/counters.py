"""What the kernel counts since boot, for those who compute with it themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from monserv.model.counters import Counters
from monserv.model.later import LaterMapping
from monserv.model.made_often import maker
from monserv.probe.cpu import CpuTimes, core_ticks
from monserv.probe.memory import fields
from monserv.probe.numbers import MAX_COUNTER

KERNEL_NUMBERS = (
    "ctxt",
    "btime",
    "processes",
    "procs_running",
    "procs_blocked",
    "intr",
    "softirq",
)
EVENTS = ("oom_kill", "pgfault", "pgmajfault", "pswpin", "pswpout", "pgpgin", "pgpgout")

_new_counters = maker(Counters)
_NUMBER = re.compile(r"\d{1,19}(?![^ \n])", re.ASCII)


def kernel_numbers(stat: str) -> dict[str, int]:
    """Return the single numbers of ``/proc/stat``; of interrupts, their sum."""
    return _numbers(stat, KERNEL_NUMBERS)


def events(vmstat: str) -> dict[str, int]:
    """Return those of ``EVENTS`` that ``/proc/vmstat`` tells."""
    return _numbers(f"\n{vmstat}", EVENTS)


def _numbers(text: str, names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        line = text.find(f"\n{name} ")
        number = _NUMBER.match(text, line + len(name) + 2) if line >= 0 else None
        if number is not None and (value := int(number[0])) <= MAX_COUNTER:
            found[name] = value
    return found


def counters(stat: str, meminfo: str, cpu: CpuTimes | None, counted: Mapping[str, int]) -> Counters:
    """Return what these files say, read when somebody asks; ``counted`` are the ``events``."""
    return _new_counters(
        cpu_ticks=LaterMapping(core_ticks, cpu.rows if cpu else ""),
        kernel=LaterMapping(kernel_numbers, stat),
        memory=LaterMapping(fields, meminfo),
        events=counted,
    )
