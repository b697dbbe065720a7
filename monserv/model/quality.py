"""How good each group of a sample is, and why it is no better."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Group(StrEnum):
    """What is read together and fails together."""

    CPU = "cpu"
    MEMORY = "memory"
    LOAD = "load"
    NETWORK = "network"
    DISK_IO = "disk_io"
    PRESSURE = "pressure"
    DISKS = "disks"
    NETWORK_DISKS = "network_disks"
    INODES = "inodes"
    PROCESSES = "processes"
    TEMPERATURES = "temperatures"
    UNITS = "units"
    CONTAINERS = "containers"
    LOGINS = "logins"


class Quality(StrEnum):
    """What a value is worth."""

    OK = "ok"
    STALE = "stale"
    UNSUPPORTED = "unsupported"
    DENIED = "denied"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class GroupState:
    """The quality of a group.

    ``at`` is when it was last read, ``None`` when it never was. ``reason`` is a sentence,
    empty for ``ok``; ``fix`` is the one line that would mend it on that server, empty
    where there is none.
    """

    quality: Quality
    at: datetime | None
    reason: str = ""
    fix: str = ""
