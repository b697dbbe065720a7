"""What a sample says of block devices, sensors and pressure."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.model.made_often import made_often


@made_often
@dataclass(frozen=True, slots=True)
class BlockDevice:
    """A whole device, not a partition; what has no rate in its name is cumulative since boot.

    The rates and ``used_percent``, the share of time in which it was busy, are over the
    time since the reading before, ``None`` until there is one. ``is_layered`` is true for
    what is made of other devices (RAID, LVM, encryption) and carries their bytes again.
    """

    name: str
    reads_completed: int
    reads_merged: int
    read_bytes: int
    read_seconds: float
    writes_completed: int
    writes_merged: int
    written_bytes: int
    write_seconds: float
    io_seconds: float
    weighted_io_seconds: float
    io_now: int
    read_bytes_rate: int | None = None
    written_bytes_rate: int | None = None
    used_percent: float | None = None
    is_layered: bool = False


@dataclass(frozen=True, slots=True)
class Temperature:
    """A sensor: its chip, its name within the chip, degrees Celsius."""

    chip: str
    name: str
    celsius: float
    critical_celsius: float | None = None


@made_often
@dataclass(frozen=True, slots=True)
class Pressure:
    """How long tasks waited for one resource (``cpu``, ``io``, ``memory``).

    ``some_percent`` and ``full_percent`` are the kernel's averages over 10 s, the seconds
    cumulative since boot; ``full`` is ``None`` where the kernel does not tell it.
    """

    resource: str
    some_percent: float
    some_seconds: float
    full_percent: float | None = None
    full_seconds: float | None = None
