"""Read ``/proc/diskstats``: which rows are whole devices, and what they did.

Format: the kernel's Documentation/admin-guide/iostats.rst. Newer kernels add
columns at the end (discards, flushes); a sector is 512 bytes whatever the disk.

A partition follows its disk and is named after it: ``sda1`` after ``sda``,
``nvme0n1p2`` after ``nvme0n1``, ``mmcblk0boot0`` after ``mmcblk0``. So no list of names of
disks is needed; and ``xvda1`` of a virtual machine that has no ``xvda`` is a disk.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from monserv.model.hardware import BlockDevice, BlockDevices, Work
from monserv.probe.numbers import counters
from monserv.probe.text import clean

# What is kept of a machine that shows thousands (a storage server has a hundred), and
# how many rows are looked at to find them.
MAX_BLOCK_DEVICES = 256
MAX_ROWS = 4096

SECTOR_BYTES = 512

# Memory, files, floppies, discs and raw flash: nothing that a disk's load tells.
_NO_DISK = re.compile(r"(?:loop|ram|zram|fd|sr|scd|mtdblock)\d")
# The same as whole rows, of which a machine has dozens, one after the other; and one that is not.
_ROWS = re.compile(rf"(?: *+[0-9]++ ++[0-9]++ {_NO_DISK.pattern}[^\n]*+\n)*+([^\n]*+)\n?", re.ASCII)
# What is made of other block devices carries their bytes again.
_LAYER = re.compile(r"(?:dm-|md|zd|drbd|bcache)\d")
_PART = re.compile(r"\d+", re.ASCII)
_PART_AFTER_DIGIT = re.compile(r"p\d+|boot\d+|rpmb|gp\d+", re.ASCII)

# Two numbers of the device, its name, and eleven counters at least. Partitions of
# kernels before 2.6.25 have four.
_NAME = 2
_FIRST = 3
_COUNTERS = 11

# No name in the kernel is longer.
_LONGEST_NAME = 31

Row = tuple[int, ...]


def rows(diskstats: str) -> dict[str, Row]:
    """Return name -> its eleven counters for each whole device that was ever used.

    Drives without a medium, and devices that were only prepared, were never used.
    """
    found: dict[str, Row] = {}
    whole = ""
    for line in islice(_ROWS.findall(diskstats), MAX_ROWS):
        # Of most rows the name alone is needed.
        head = line.split(None, _FIRST)
        if len(head) <= _NAME:
            continue
        name = head[_NAME]
        # Partitions of what is no disk are named as it is, and are none either.
        if len(name) > _LONGEST_NAME or _is_no_disk(name) or _is_part(name, whole):
            continue
        whole = name
        if len(head) <= _FIRST:
            continue
        fields = head[_FIRST].split(None, _COUNTERS)
        if len(fields) < _COUNTERS:
            continue
        row = counters(fields[:_COUNTERS])
        if row is not None and any(row) and len(found) < MAX_BLOCK_DEVICES:
            found[name] = row
    return found


@lru_cache(1024)
def _is_no_disk(name: str) -> bool:
    """Whether it is one of the dozens of names that nearly every machine has; they are few."""
    return _NO_DISK.match(name) is not None


def _is_part(name: str, whole: str) -> bool:
    if not whole or not name.startswith(whole):
        return False
    part = _PART_AFTER_DIGIT if whole[-1].isdigit() else _PART
    return part.fullmatch(name, len(whole)) is not None


def devices(before: str, after: str, seconds: float) -> BlockDevices | None:
    """Return the devices with their rates over ``seconds``, read when somebody asks.

    Both texts are of ``/proc/diskstats``; ``None`` when the later one has no row. A
    device has no rates at its first reading.
    """
    if not after:
        return None
    return BlockDevices(_work, after, _devices, before, after, seconds)


def _work(diskstats: str) -> dict[str, Work]:
    return {
        name: (row[2] * SECTOR_BYTES, row[6] * SECTOR_BYTES, row[9] / 1000)
        for name, row in rows(diskstats).items()
        if _LAYER.match(name) is None
    }


def _devices(before: str, after: str, seconds: float) -> tuple[BlockDevice, ...]:
    earlier = rows(before)
    return tuple(
        _device(name, earlier.get(name), row, seconds) for name, row in rows(after).items()
    )


def _device(name: str, before: Row | None, after: Row, seconds: float) -> BlockDevice:
    reads, merged, sectors, read_ms, writes, write_merged, written, write_ms, now, io_ms, weight = (
        after
    )
    read_rate = write_rate = used_percent = None
    # The counters of milliseconds wrap after 50 days of work, those of sectors on a
    # kernel of 32 bits after 2 TiB; a disk that was changed begins anew.
    if before is not None and seconds > 0 and _is_later(before, after):
        read_rate = round((sectors - before[2]) * SECTOR_BYTES / seconds)
        write_rate = round((written - before[6]) * SECTOR_BYTES / seconds)
        used_percent = min(100.0, (io_ms - before[9]) / (10.0 * seconds))
    return BlockDevice(
        name=clean(name),
        reads_completed=reads,
        reads_merged=merged,
        read_bytes=sectors * SECTOR_BYTES,
        read_seconds=read_ms / 1000,
        writes_completed=writes,
        writes_merged=write_merged,
        written_bytes=written * SECTOR_BYTES,
        write_seconds=write_ms / 1000,
        io_seconds=io_ms / 1000,
        weighted_io_seconds=weight / 1000,
        io_now=now,
        read_bytes_rate=read_rate,
        written_bytes_rate=write_rate,
        used_percent=used_percent,
        is_layered=_LAYER.match(name) is not None,
    )


def _is_later(before: Row, after: Row) -> bool:
    return (
        after[0] >= before[0]
        and after[2] >= before[2]
        and after[4] >= before[4]
        and after[6] >= before[6]
        and after[9] >= before[9]
    )
