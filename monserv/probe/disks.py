"""File systems with their sizes and inodes, from two runs of ``df``.

``df -kP`` gives sizes as an ordinary user sees them, ``df -iP`` how many files there
can be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from monserv.model.sample import Disk, Inodes
from monserv.probe import df
from monserv.probe.mounts import Mount
from monserv.probe.numbers import KIB
from monserv.probe.text import PATH_LIMIT, clean


def disks(text: str, asked: Sequence[Mount]) -> tuple[Disk, ...] | None:
    """Return a disk for each mount that ``df -kP`` answered, in the order asked.

    ``None`` when it answered for none of them.
    """
    rows = df.rows(text, asked)
    if rows is None:
        return None
    found = (_disk(row) for row in rows)
    return tuple(disk for disk in found if disk is not None)


def inodes(text: str, asked: Sequence[Mount]) -> dict[str, Inodes] | None:
    """Return mount point, as a disk shows it -> inodes, as ``df -iP`` answered.

    ``None`` when it answered for none of them. A file system that makes inodes as
    needed (btrfs, FAT, most remote ones) has none here.
    """
    rows = df.rows(text, asked)
    if rows is None:
        return None
    return {
        shown_path(row.mount): Inodes(row.total, used, 100.0 * used / row.total)
        for row in rows
        if row.total and (used := min(row.used, row.total)) >= 0
    }


def with_inodes(found: Sequence[Disk], known: Mapping[str, Inodes]) -> tuple[Disk, ...]:
    """Return the disks, each with its inodes where they are known."""
    return tuple(
        replace(disk, inodes=known[disk.mountpoint]) if disk.mountpoint in known else disk
        for disk in found
    )


def shown_path(mount: Mount) -> str:
    """Return a mount point as a disk and an alert name it: no two have the same.

    A backslash is doubled, so that it is none of ours; a name that is too long ends
    in a fingerprint of its whole.
    """
    path = mount.mountpoint.replace("\\", "\\\\")
    if len(path) <= PATH_LIMIT:
        return clean(path, PATH_LIMIT)
    return clean(path, PATH_LIMIT) + hashlib.sha256(df.raw(path)).hexdigest()[:8]


def _disk(row: df.Row) -> Disk | None:
    total, used, free = row.total * KIB, row.used * KIB, row.free * KIB
    # A file system without blocks (a remote or virtual one) has no percent.
    if total == 0 or used + free == 0:
        return None
    return Disk(
        device=clean(row.mount.device, PATH_LIMIT),
        mountpoint=shown_path(row.mount),
        fstype=clean(row.mount.fstype),
        total_bytes=total,
        used_bytes=used,
        free_bytes=free,
        used_percent=100.0 * used / (used + free),
        read_only=row.mount.read_only,
    )
