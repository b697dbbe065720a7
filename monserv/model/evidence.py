"""What explains an alert: who used what just then, and whom the kernel killed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiskUse:
    """What a process read from disks and wrote to them, in bytes a second."""

    pid: int
    name: str
    read_rate: int
    written_rate: int


@dataclass(frozen=True, slots=True)
class Growth:
    """How much the resident memory of a process grew between two lists of all."""

    pid: int
    name: str
    grown_bytes: int


@dataclass(frozen=True, slots=True)
class Killed:
    """A process that the kernel killed for want of memory.

    ``uptime_seconds`` is the server's when it happened, ``None`` where its log tells none.
    """

    pid: int
    name: str
    uptime_seconds: float | None
