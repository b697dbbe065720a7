"""Read ``/proc/meminfo``, and the cache of ZFS beside it.

Formats: proc(5), and the kstat rows ``<name> <type> <value>`` of OpenZFS.
"""

from __future__ import annotations

import re
from itertools import islice
from sys import intern

from monserv.model.made_often import maker
from monserv.model.sample import Memory
from monserv.probe.numbers import KIB

# What is kept; kernels have some sixty.
MAX_FIELDS = 256

_FIELD = re.compile(r"^([\w()]{1,64}): +(\d{1,15})( kB)?$", re.MULTILINE | re.ASCII)
# With the blanks before it; and the size of no machine.
_LONGEST_SIZE = 32
_MOST_KIB = 10**15

# The rows that each poll needs, in the order in which the kernel has printed them ever since
# it tells all of them; what stands between them is passed over line by line.
_KIB = r" +([0-9]{1,15}+) kB\n"


def _up_to(name: str) -> str:
    return rf"(?:(?!{name}:)[^\n]*+\n)*+{name}:{_KIB}"


_USUAL = re.compile(
    rf"MemTotal:{_KIB}MemFree:[^\n]*+\nMemAvailable:{_KIB}Buffers:{_KIB}Cached:{_KIB}"
    rf"{_up_to('SwapTotal')}SwapFree:{_KIB}{_up_to('Shmem')}{_up_to('SReclaimable')}"
)
_NAMES = (
    *("MemTotal", "MemAvailable", "Buffers", "Cached"),
    *("SwapTotal", "SwapFree", "Shmem", "SReclaimable"),
)

_new_memory = maker(Memory)

_ARC = re.compile(r"^(size|c_min) +\d{1,2} +(\d{1,18})$", re.MULTILINE | re.ASCII)


def fields(meminfo: str) -> dict[str, int]:
    """Return the kernel's names -> bytes, or plain numbers where it gives no unit."""
    # The same sixty names on every server are kept once.
    return {
        intern(name): int(value) * KIB if unit else int(value)
        for name, value, unit in (
            row.groups() for row in islice(_FIELD.finditer(meminfo), MAX_FIELDS)
        )
    }


def memory(meminfo: str, zfs_cache_bytes: int | None = None) -> Memory | None:
    """Return the memory; ``None`` without MemAvailable (kernels before 3.14).

    ``zfs_cache_bytes`` is what ZFS gives back when it is needed.
    """
    usual = _USUAL.match(meminfo)
    sizes = (
        [int(kib) * KIB for kib in usual.groups()]
        if usual is not None
        else [_bytes(meminfo, name) for name in _NAMES]
    )
    total, free, buffers, cached, swap_total, swap_free, shared, reclaimable = sizes
    if not total or free is None:
        return None
    zfs_cache = zfs_cache_bytes or 0
    free = min(free + zfs_cache, total)
    used = total - free
    if cached is not None and buffers is not None:
        # Shared memory is in the page cache and cannot be dropped.
        cached = max(0, cached + buffers + (reclaimable or 0) - (shared or 0))
    swap_used = None
    if swap_total is not None and swap_free is not None:
        swap_used = max(0, swap_total - swap_free)
    return _new_memory(
        total_bytes=total,
        used_bytes=used,
        free_bytes=free,
        used_percent=100.0 * used / total,
        cached_bytes=None if cached is None or buffers is None else min(cached + zfs_cache, total),
        swap_total_bytes=None if swap_used is None else swap_total,
        swap_used_bytes=swap_used,
    )


def _bytes(meminfo: str, name: str) -> int | None:
    """Return one field, wherever it is."""
    # MemTotal is the first line, and no other one ends in its name.
    label = f"{name}:" if name == "MemTotal" else f"\n{name}:"
    found = meminfo.find(label)
    start = found + len(label)
    end = meminfo.find(" kB\n", start, start + _LONGEST_SIZE)
    if found < 0 or end < 0:
        return None
    try:
        kib = int(meminfo[start:end])
    except ValueError:
        return None
    return kib * KIB if 0 <= kib <= _MOST_KIB else None


def zfs_cache_bytes(arcstats: str, mountinfo: str = "") -> int | None:
    """Return what the cache of ZFS holds above its least size, ``None`` without ZFS.

    A container whose ``/proc/meminfo`` is its own (lxcfs mounts one over it) sees the
    cache of its host, which is no part of its memory.
    """
    if " /proc/meminfo " in mountinfo:
        return None
    rows = {name: int(value) for name, value in _ARC.findall(arcstats)}
    size, least = rows.get("size"), rows.get("c_min")
    return max(0, size - least) if size is not None and least is not None else None
