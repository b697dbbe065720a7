"""The disks of one server as a sample shows them, of what is known of them separately."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_

from monserv.model.sample import Disk, Inodes
from monserv.probe.disks import with_inodes


class DiskView:
    """Joins anew only when a part of it is news."""

    def __init__(self) -> None:
        self._parts: tuple[object, ...] = (None,) * 4
        self._joined: tuple[Disk, ...] = ()

    def of(
        self,
        local: tuple[Disk, ...] | None,
        remote: tuple[Disk, ...] | None,
        inodes: Mapping[str, Inodes] | None,
        mounted: frozenset[str] | None,
    ) -> tuple[Disk, ...] | None:
        """Return the disks that are known of what is mounted now.

        Those of the machine itself are the core of it: ``None`` without them.
        """
        if local is None or mounted is None:
            return None
        parts = (local, remote, inodes, mounted)
        if not all(map(is_, parts, self._parts)):
            known = [disk for disk in (*local, *(remote or ())) if disk.mountpoint in mounted]
            self._parts, self._joined = parts, with_inodes(known, inodes or {})
        return self._joined
