"""The short files of ``/proc``, one parser each; the long ones have modules of their own.

Formats: proc(5) and the kernel's Documentation/filesystems/proc.rst. Numbers are
of few digits, so that no parser can be made to build huge integers.
"""

from __future__ import annotations

import re

from monserv.model.made_often import maker
from monserv.model.sample import Load
from monserv.probe.numbers import KIB
from monserv.probe.text import clean

_UPTIME = re.compile(r"^(\d{1,12})\.(\d{2}) ")
_LOAD = re.compile(r"^(\d{1,9}\.\d\d) (\d{1,9}\.\d\d) (\d{1,9}\.\d\d) ")

_new_load = maker(Load)


def hardware_interfaces(device_links: str) -> frozenset[str]:
    """Return the names in lines ``/sys/class/net/<name>/device``.

    Where there is none the shell leaves the pattern itself, which names nothing.
    """
    paths = (line.split("/") for line in device_links.splitlines())
    return frozenset(path[4] for path in paths if len(path) == 6 and path[4] != "*")  # noqa: PLR2004 -- parts of such a path


def uptime_seconds(uptime: str) -> float | None:
    """Parse ``/proc/uptime``: seconds since boot, to a hundredth."""
    found = _UPTIME.match(uptime)
    return int(found[1]) + int(found[2]) / 100 if found else None


def load(loadavg: str) -> Load | None:
    """Parse ``/proc/loadavg``."""
    found = _LOAD.match(loadavg)
    return _new_load(*map(float, found.groups())) if found else None


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
