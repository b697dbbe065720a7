"""Read the rows of POSIX ``df`` and join them with the mounts it was asked about.

Names, types and options come from the kernel's own list, because ``df`` disguises
odd characters.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from monserv.probe.mounts import Mount

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


@dataclass(frozen=True, slots=True)
class Row:
    """What ``df`` says of a mount: KiB, or inodes where it was asked for those."""

    mount: Mount
    total: int
    used: int
    free: int


def rows(df: str, asked: Sequence[Mount]) -> tuple[Row, ...] | None:
    """Return a row for each mount that ``df`` answered, in the order asked.

    ``None`` when it answered for none of them.

    ``df`` prints a row for each argument in order and leaves out what it cannot
    read, so rows and mounts are walked side by side. ``df`` prints ``?`` (GNU) or
    the raw character (BusyBox, which may break the row) for what is not printable.
    toybox names another mount of the same device, if one was made later.
    """
    found: list[Row] = []
    names = _Names(asked)
    for row in islice(_ROW.finditer(df), len(asked) + _SPARE_ROWS):
        line_at = df.rfind("\n", 0, row.start()) + 1
        index = names.find(row["mountpoint"], df[line_at : row.start()].rstrip(" "))
        if index is not None:
            free = max(0, int(row["free"]))
            found.append(Row(asked[index], int(row["total"]), int(row["used"]), free))
    return tuple(found) if found or not asked else None


class _Names:
    """Mount points in the order asked; each is found once, and none before the last one found."""

    def __init__(self, asked: Sequence[Mount]) -> None:
        paths = self._paths = [mount.mountpoint for mount in asked]
        # A device that several have says nothing.
        times = Counter(mount.device for mount in asked)
        self._devices = {
            mount.device: index for index, mount in enumerate(asked) if times[mount.device] == 1
        }
        self._exact = {path: index for index, path in enumerate(paths)}
        # Few names are odd, and only those are ever shown otherwise than they are.
        self._odd = deque(
            index for index, path in enumerate(paths) if not (path.isascii() and path.isprintable())
        )
        self._next = 0
        self._left_to_compare = _MOST_COMPARED

    def find(self, shown: str, device: str) -> int | None:
        """Return the index of the mount point that ``df`` shows as ``shown``, of ``device``."""
        index = self._exact.get(shown, -1)
        if index < self._next:
            index = self._disguised(shown)
        if index < self._next and shown not in self._exact:
            index = self._devices.get(device, -1)
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
            if is_shown_as(shown, real):
                return index
        return -1


def is_shown_as(shown: str, real: str) -> bool:
    """Whether some ``df`` prints ``real`` so."""
    # A row broken by a newline in the name shows only its first line. One ``?``
    # stands for a character, or for each byte of it.
    return (
        shown == real.partition("\n")[0]
        or _is_disguise(shown, real)
        or _is_disguise(raw(shown), raw(real))
    )


def _is_disguise(shown: str | bytes, real: str | bytes) -> bool:
    return len(shown) == len(real) and all(
        theirs in (ours, "?", ord("?")) for ours, theirs in zip(real, shown, strict=True)
    )


def raw(text: str) -> bytes:
    """Return the bytes that a server sent, those included that are not UTF-8."""
    return text.encode("utf-8", "surrogateescape")
