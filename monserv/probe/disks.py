"""Read POSIX ``df -kP`` and join it with the mounts it was asked about.

``df`` gives sizes as an ordinary user sees them; names, types and options come
from the kernel's own list, because ``df`` disguises odd characters.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
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

# Comparing names in which df shows a character as ``?`` is work that a server could
# make without end; real names of this kind are few and short. In characters, and
# what a comparison costs besides.
_MOST_COMPARED = 2**17
_COMPARISON = 64


def disks(df: str, asked: Sequence[Mount]) -> tuple[Disk, ...] | None:
    """Return a disk for each mount that ``df`` answered, in the order asked.

    ``None`` when it answered for none of them.

    ``df`` prints a row for each argument in order and leaves out what it cannot
    read, so rows and mounts are walked side by side. ``df`` prints ``?`` (GNU) or
    the raw character (BusyBox, which may break the row) for what is not printable.
    """
    found: list[Disk] = []
    names = _Names([mount.mountpoint for mount in asked])
    is_answered = not asked
    for row in islice(_ROW.finditer(df), len(asked) + _SPARE_ROWS):
        index = names.find(row["mountpoint"])
        if index is None:
            continue
        is_answered = True
        disk = _disk(row, asked[index])
        if disk is not None:
            found.append(disk)
    return tuple(found) if is_answered else None


class _Names:
    """Mount points in the order asked; each is found once, and none before the last one found."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._exact = {path: index for index, path in enumerate(paths)}
        # Few names are odd, and only those are ever shown otherwise than they are.
        self._odd = deque(
            index for index, path in enumerate(paths) if not (path.isascii() and path.isprintable())
        )
        self._next = 0
        self._left_to_compare = _MOST_COMPARED

    def find(self, shown: str) -> int | None:
        """Return the index of the mount point that ``df`` shows as ``shown``."""
        index = self._exact.get(shown, -1)
        if index < self._next:
            index = self._disguised(shown)
        if index < self._next:
            return None
        self._next = index + 1
        return index

    def _disguised(self, shown: str) -> int:
        while self._odd and self._odd[0] < self._next:
            self._odd.popleft()
        for index in self._odd:
            real = self._paths[index]
            self._left_to_compare -= len(real) + _COMPARISON
            if self._left_to_compare < 0:
                break
            if _is_same(shown, real):
                return index
        return -1


def shown_path(mount: Mount) -> str:
    """Return a mount point as a disk and an alert name it: no two have the same.

    A backslash is doubled, so that it is none of ours; a name that is too long ends
    in a fingerprint of its whole.
    """
    path = mount.mountpoint.replace("\\", "\\\\")
    if len(path) <= PATH_LIMIT:
        return clean(path, PATH_LIMIT)
    return clean(path, PATH_LIMIT) + hashlib.sha256(_raw(path)).hexdigest()[:8]


def _is_same(shown: str, real: str) -> bool:
    # A row broken by a newline in the name shows only its first line. One ``?``
    # stands for a character, or for each byte of it.
    return (
        shown == real.partition("\n")[0]
        or _is_disguise(shown, real)
        or _is_disguise(_raw(shown), _raw(real))
    )


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
