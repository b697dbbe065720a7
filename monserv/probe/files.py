"""Cut the kernel files that one run of ``cat`` printed one after the other.

Each is known by how it begins; a file that the kernel does not have, or that may not
be read, is empty.
"""

from __future__ import annotations

from typing import NamedTuple

# The last three files are short: six lines in all.
_MOST_PRESSURE = 1024


class KernelFiles(NamedTuple):
    """The texts of ``/proc``: stat, meminfo, net/dev, diskstats, pressure/{cpu,io,memory}."""

    stat: str
    meminfo: str
    net_dev: str
    diskstats: str
    pressure: str


def cut(text: str) -> KernelFiles:
    """Return the files in ``text``, which holds them in the order of ``KernelFiles``."""
    end = len(text)
    meminfo = text.find("MemTotal:")
    net_dev = text.find("Inter-|", max(0, meminfo))
    pressure = text.find("some avg10=", max(0, end - _MOST_PRESSURE))
    # Each file ends where the next one that is there begins.
    pressure = pressure if pressure >= 0 else end
    # The rows of meminfo and net/dev have a colon, those of diskstats have none.
    colon = text.rfind(":", max(0, meminfo, net_dev), pressure)
    diskstats = text.find("\n", colon, pressure) + 1 if colon >= 0 else _after_stat(text, pressure)
    diskstats = diskstats or pressure
    net_dev = net_dev if 0 <= net_dev < diskstats else diskstats
    meminfo = meminfo if 0 <= meminfo < net_dev else net_dev
    return KernelFiles(
        text[:meminfo],
        text[meminfo:net_dev],
        text[net_dev:diskstats],
        text[diskstats:pressure],
        text[pressure:],
    )


def _after_stat(text: str, end: int) -> int:
    """Return where the rows that begin with a space do: those of /proc/stat begin with names."""
    found = text.find("\n ", 0, end) + 1
    return found or (0 if text.startswith(" ") else end)
