"""Read POSIX ``df -kP`` and join it with the mounts it was asked about.

``df`` gives sizes as an ordinary user sees them; names, types and options come
from the kernel's own list, because ``df`` disguises odd characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from monserv.model.sample import Disk
from monserv.probe.mounts import Mount
from monserv.probe.procfs import KIB
from monserv.probe.text import PATH_LIMIT, clean

# What stands before the numbers is the device, which the kernel's list tells
# better. The pattern reads each character once, whatever a server sends.
_ROW = re.compile(
    r" (?P<total>\d{1,15}) +(?P<used>\d{1,15}) +(?P<free>-?\d{1,15})"
    r" +(?:\d{1,3}%|-) (?P<mountpoint>/.*)$",
    re.MULTILINE,
)

# A name with newlines may spoil rows; more of them than this are no answer of df.
_SPARE_ROWS = 64


def disks(df: str, asked: Sequence[Mount]) -> tuple[Disk, ...] | None:
    """Return a disk for each mount that ``df`` answered, in the order asked.

    ``None`` when it answered for none of them.

    ``df`` prints a row for each argument in order and leaves out what it cannot
    read, so rows and mounts are walked side by side. ``df`` prints ``?`` (GNU) or
    the raw character (BusyBox, which may break the row) for what is not printable.
    """
    found: list[Disk] = []
    is_answered = not asked
    waiting = list(asked)
    for row in islice(_ROW.finditer(df), len(asked) + _SPARE_ROWS):
        for index, mount in enumerate(waiting):
            if _same_path(row["mountpoint"], mount.mountpoint):
                is_answered = True
                disk = _disk(row, mount)
                if disk is not None:
                    found.append(disk)
                del waiting[: index + 1]
                break
    return tuple(found) if is_answered else None


def shown_path(mount: Mount) -> str:
    """Return a mount point as a disk and an alert name it."""
    return clean(mount.mountpoint, PATH_LIMIT)


def _same_path(shown: str, real: str) -> bool:
    # A row broken by a newline in the name shows only its first line.
    if shown in (real, real.partition("\n")[0]):
        return True
    # One ``?`` stands for a character, or for each byte of it.
    return _is_disguise(shown, real) or _is_disguise(_raw(shown), _raw(real))


def _is_disguise(shown: str | bytes, real: str | bytes) -> bool:
    return len(shown) == len(real) and all(
        theirs in (ours, "?", ord("?")) for ours, theirs in zip(real, shown, strict=True)
    )


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _disk(row: re.Match[str], mount: Mount) -> Disk | None:
    total, used = int(row["total"]) * KIB, int(row["used"]) * KIB
    free = max(0, int(row["free"])) * KIB
    # A file system without blocks (a remote or virtual one) has no percent.
    if total == 0 or used + free == 0:
        return None
    return Disk(
        device=clean(mount.device, PATH_LIMIT),
        mountpoint=shown_path(mount),
        fstype=clean(mount.fstype),
        total_bytes=total,
        used_bytes=used,
        free_bytes=free,
        used_percent=100.0 * used / (used + free),
        read_only=mount.read_only,
    )
