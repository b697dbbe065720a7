"""What the kernel counts since boot, kept for those who compute with it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monserv.model.made_often import made_often

# The order in which /proc/stat tells them; the last two are part of the first two.
CPU_MODES = (
    "user",
    "nice",
    "system",
    "idle",
    "iowait",
    "irq",
    "softirq",
    "steal",
    "guest",
    "guest_nice",
)


@made_often
@dataclass(frozen=True, slots=True)
class Counters:
    """Cumulative numbers and sizes that a sample does not interpret.

    ``cpu_ticks`` maps a core's number to its clock ticks in the order of ``CPU_MODES``
    (old kernels tell fewer); ``kernel`` holds the single numbers of /proc/stat (``ctxt``,
    ``btime``, ``processes``, ``procs_running``, ``procs_blocked``, ``intr``); ``memory``
    maps the kernel's names of /proc/meminfo to bytes (or plain numbers where it gives no
    unit); ``events`` the names of /proc/vmstat that were asked for to their counts.
    """

    cpu_ticks: Mapping[int, tuple[int, ...]]
    kernel: Mapping[str, int]
    memory: Mapping[str, int]
    events: Mapping[str, int]
