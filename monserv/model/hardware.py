"""What a sample says of block devices, sensors and pressure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

from monserv.model.later import LaterSequence
from monserv.model.made_often import made_often

T = TypeVar("T")
A = TypeVarTuple("A")

# Bytes read, bytes written, seconds of work, all since boot.
Work = tuple[int, int, float]


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


class BlockDevices(LaterSequence[BlockDevice]):
    """Devices that are made when somebody looks; what they did by now is told without them.

    ``count_work`` makes of a text what ``work`` returns.
    """

    __slots__ = ("_count_work", "_text")

    def __init__(
        self,
        count_work: Callable[[str], Mapping[str, Work]],
        text: str,
        make: Callable[[*A], tuple[BlockDevice, ...]],
        *arguments: *A,
    ) -> None:
        super().__init__(make, *arguments)
        self._count_work = count_work
        self._text = text

    def work(self) -> Mapping[str, Work]:
        """Return what each device has done by now, as ``work`` does."""
        return self._count_work(self._text)


def work(devices: Sequence[BlockDevice]) -> Mapping[str, Work]:
    """Return what each device has done by now, but for those that carry bytes of others."""
    if isinstance(devices, BlockDevices):
        return devices.work()
    return {
        one.name: (one.read_bytes, one.written_bytes, one.io_seconds)
        for one in devices
        if not one.is_layered
    }


@dataclass(frozen=True, slots=True)
class Temperature:
    """A sensor: its chip, its name within the chip, degrees Celsius.

    ``name`` is for people. The kernel's own words are ``sensor`` (``temp1``), ``label``
    and, for the device that the chip belongs to, ``device`` (``platform/coretemp.0``); each
    may be empty.
    """

    chip: str
    name: str
    celsius: float
    critical_celsius: float | None = None
    sensor: str = ""
    label: str = ""
    device: str = ""


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


class Pressures(LaterSequence[Pressure]):
    """Pressures that are made when somebody looks; what history keeps is told without them.

    ``read`` makes of ``found`` what ``some_percents`` returns.
    """

    __slots__ = ("_found", "_read")

    def __init__(
        self,
        read: Callable[[T], Mapping[str, float]],
        make: Callable[[T], tuple[Pressure, ...]],
        found: T,
    ) -> None:
        super().__init__(make, found)
        self._read: Callable[..., Mapping[str, float]] = read
        self._found = found

    def some_percents(self) -> Mapping[str, float]:
        """Return resource -> ``some_percent``."""
        return self._read(self._found)


def some_percents(pressures: Sequence[Pressure] | None) -> Mapping[str, float]:
    """Return resource -> ``some_percent``; nothing where nothing is known."""
    if isinstance(pressures, Pressures):
        return pressures.some_percents()
    return {one.resource: one.some_percent for one in pressures or ()}
