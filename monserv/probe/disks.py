"""Read POSIX ``df -kP`` and join it with the mounts it was asked about.

``df`` gives sizes as an ordinary user sees them; names, types and options come
from the kernel's own list, because ``df`` disguises odd characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monserv.model.sample import Disk
from monserv.probe.mounts import Mount
from monserv.probe.procfs import KIB
from monserv.probe.text import PATH_LIMIT, clean

# The device may hold spaces; the first row of numbers behind it is df's own.
_ROW = re.compile(
    r"^(?P<device>\S.*?) +(?P<total>\d{1,16}) +(?P<used>\d{1,16}) +(?P<free>-?\d{1,16})"
    r" +(?:\d+%|-) (?P<mountpoint>/.*)$"
)


def disks(df: str, asked: Sequence[Mount]) -> tuple[Disk, ...]:
    """Return a disk for each mount that ``df`` answered, in the order asked.

    ``df`` prints a row for each argument in order and leaves out what it cannot
    read, so rows and mounts are walked side by side. ``df`` prints ``?`` (GNU) or
    the raw character (BusyBox, which may break the row) for what is not printable.
    """
    found: list[Disk] = []
    waiting = list(asked)
    for line in df.split("\n"):
        row = _ROW.match(line)
        if row is None:
            continue
        for index, mount in enumerate(waiting):
            if _same_path(row["mountpoint"], mount.mountpoint):
                disk = _disk(row, mount)
                if disk is not None:
                    found.append(disk)
                del waiting[: index + 1]
                break
    return tuple(found)


def _same_path(shown: str, real: str) -> bool:
    if shown == real:
        return True
    # A row broken by a newline in the name shows only its first line.
    first_line = real.partition("\n")[0]
    if first_line != real and shown == first_line:
        return True
    return len(shown) == len(real) and all(
        theirs in (ours, "?") for ours, theirs in zip(real, shown, strict=True)
    )


def _disk(row: re.Match[str], mount: Mount) -> Disk | None:
    total, used = int(row["total"]) * KIB, int(row["used"]) * KIB
    free = max(0, int(row["free"])) * KIB
    # A file system without blocks (a remote or virtual one) has no percent.
    if total == 0 or used + free == 0:
        return None
    return Disk(
        device=clean(mount.device, PATH_LIMIT),
        mountpoint=clean(mount.mountpoint, PATH_LIMIT),
        fstype=clean(mount.fstype),
        total_bytes=total,
        used_bytes=used,
        free_bytes=free,
        used_percent=100.0 * used / (used + free),
        read_only=mount.read_only,
    )
