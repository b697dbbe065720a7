"""One parser for each kernel file; units are converted here, once.

Formats: proc(5) and the kernel's Documentation/filesystems/proc.rst. Numbers
are at most 19 digits, so that no parser can be made to build huge integers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from monserv.model.sample import Interface, Load, Memory
from monserv.probe.text import clean

KIB = 1024
MAX_COUNTER = 2**63 - 1

# What is kept of a machine that shows thousands of them.
MAX_INTERFACES = 1024

_CPU_TOTAL = re.compile(r"^cpu +(\d{1,19}(?: \d{1,19}){3,19})$", re.MULTILINE)
_CPU_ONLINE = re.compile(r"^cpu\d+ ", re.MULTILINE)
_MEMORY_FIELD = re.compile(r"^(MemTotal|MemAvailable): +(\d{1,15}) kB$", re.MULTILINE)
_INTERFACE = re.compile(r"^ *(\S.*?): *((?:\d{1,20} +){15}\d{1,20})$", re.MULTILINE)
_UPTIME = re.compile(r"^(\d{1,12})\.(\d{2}) ")
_LOAD = re.compile(r"^(\d{1,9}\.\d\d) (\d{1,9}\.\d\d) (\d{1,9}\.\d\d) ")


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """Cumulative clock ticks of all cores: in all, and idle (waiting for disk included)."""

    total_ticks: int
    idle_ticks: int
    cores: int


def cpu_times(stat: str) -> CpuTimes | None:
    """Parse ``/proc/stat``.

    Guest time is part of user time and is not added again.
    """
    found = _CPU_TOTAL.search(stat)
    if found is None:
        return None
    ticks = [int(number) for number in found.group(1).split()]
    user_to_steal = ticks[:8]
    idle_and_iowait = ticks[3:5]
    cores = len(_CPU_ONLINE.findall(stat))
    return CpuTimes(sum(user_to_steal), sum(idle_and_iowait), cores) if cores else None


def memory(meminfo: str) -> Memory | None:
    """Parse ``/proc/meminfo``; ``None`` without MemAvailable (kernels before 3.14)."""
    fields = {name: int(kib) * KIB for name, kib in _MEMORY_FIELD.findall(meminfo)}
    total, free = fields.get("MemTotal"), fields.get("MemAvailable")
    if not total or free is None:
        return None
    free = min(free, total)
    used = total - free
    return Memory(total, used, free, 100.0 * used / total)


def interfaces(net_dev: str) -> tuple[Interface, ...]:
    """Parse ``/proc/net/dev``, without loopback; at most ``MAX_INTERFACES``."""
    rows = []
    for row in islice(_INTERFACE.finditer(net_dev), MAX_INTERFACES):
        name = row.group(1)
        counters = [int(number) for number in row.group(2).split()]
        if name == "lo" or max(counters) > MAX_COUNTER:
            continue
        rows.append(
            Interface(
                name=clean(name),
                bytes_recv=counters[0],
                packets_recv=counters[1],
                errors_in=counters[2],
                drops_in=counters[3],
                bytes_sent=counters[8],
                packets_sent=counters[9],
                errors_out=counters[10],
                drops_out=counters[11],
            )
        )
    return tuple(rows)


def hardware_interfaces(device_links: str) -> frozenset[str]:
    """Return the names in lines ``/sys/class/net/<name>/device``.

    Where there is none the shell leaves the pattern itself, which names nothing.
    """
    paths = (line.split("/") for line in device_links.splitlines())
    return frozenset(path[4] for path in paths if len(path) == 6 and path[4] != "*")  # noqa: PLR2004 -- parts of such a path


def uptime_seconds(uptime: str) -> float | None:
    """Parse ``/proc/uptime``: seconds since boot, to a hundredth."""
    found = _UPTIME.match(uptime)
    return int(found.group(1)) + int(found.group(2)) / 100 if found else None


def load(loadavg: str) -> Load | None:
    """Parse ``/proc/loadavg``."""
    found = _LOAD.match(loadavg)
    return Load(*(float(number) for number in found.groups())) if found else None


def model_name(cpuinfo_line: str, device_tree: str) -> str:
    """Return the CPU's (on ARM, the board's) name, ``""`` where none is told."""
    _, _, name = cpuinfo_line.partition(":")
    return clean((name or device_tree).strip().rstrip("\0"))


def page_bytes(kernel_page_size: str) -> int | None:
    """Parse the rest of a ``KernelPageSize:`` line, ``4 kB``."""
    found = re.match(r" *(\d{1,4}) kB", kernel_page_size)
    return int(found.group(1)) * KIB if found else None


def users(passwd: str) -> dict[int, str]:
    """Parse ``/etc/passwd``: numeric user -> name; the first of several wins."""
    names: dict[int, str] = {}
    for line in passwd.splitlines():
        fields = line.split(":")
        if len(fields) >= 3 and re.fullmatch(r"\d{1,10}", fields[2]):  # noqa: PLR2004 -- name, password, uid
            names.setdefault(int(fields[2]), clean(fields[0]))
    return names
