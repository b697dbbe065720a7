"""The numbers of a sample that history keeps, in the order of ``rollup.SERVER_METRICS``.

Unknown is NaN here, so that a server's numbers lie in one array.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from monserv.model.hardware import BlockDevice, Temperature, Work, some_percents, work
from monserv.model.rollup import MAX_DISKS, SERVER_METRICS
from monserv.model.sample import Cpu, Disk, Sample

UNKNOWN = float("nan")
NOTHING = (UNKNOWN,) * len(SERVER_METRICS)
# Devices are read when somebody looks at them, and that is the dearest part of a sample:
# polls that are closer together than this show the rates of the last look.
LOOK_SECONDS = 10.0

_NO_CPU = (UNKNOWN,) * 5


class DiskIo:
    """What a server's block devices did together between two looks at them.

    Devices that are made of others are left out, for they carry the same bytes again.
    The work is that of the busiest one.
    """

    __slots__ = ("_before", "_looked_at", "_rates")

    def __init__(self) -> None:
        self._before: Mapping[str, Work] = {}
        self._looked_at = _NEVER
        self._rates = _NO_RATES

    def rates(self, sample: Sample, at: float) -> tuple[float, float, float]:
        """Return bytes read and written a second, and the busiest device's percent.

        ``sample`` was taken ``at`` this time of our clock (POSIX seconds).
        """
        if sample.block_devices is None:
            self._before, self._looked_at, self._rates = {}, _NEVER, _NO_RATES
            return self._rates
        seconds = self._looked_at.seconds_until(sample, at)
        if seconds is None or seconds >= LOOK_SECONDS:
            self._look(sample.block_devices, seconds)
            self._looked_at = _Instant(sample.boot_id, sample.uptime_seconds, at)
        return self._rates

    def _look(self, devices: Sequence[BlockDevice], seconds: float | None) -> None:
        before, self._before = self._before, work(devices)
        if seconds is None:
            self._rates = _sum([_own(one) for one in devices if not one.is_layered])
        else:
            steps = [(before[one], now) for one, now in self._before.items() if one in before]
            self._rates = _sum([_between(then, now, seconds) for then, now in steps])


class _Instant(NamedTuple):
    """When a sample was taken: by the server's own whole seconds, and by our clock."""

    boot_id: str
    uptime_seconds: int
    stamp: float

    def seconds_until(self, sample: Sample, at: float) -> float | None:
        """Return how much later a sample is, taken ``at``; ``None`` after a boot.

        Our clock is finer, and may have been set meanwhile.
        """
        by_server = sample.uptime_seconds - self.uptime_seconds
        if sample.boot_id != self.boot_id or by_server < 0:
            return None
        by_clock = at - self.stamp
        return by_clock if abs(by_clock - by_server) <= _COARSENESS_SECONDS else by_server


_NEVER = _Instant("", 0, 0.0)
_NO_RATES = (UNKNOWN, UNKNOWN, UNKNOWN)

# Two whole seconds apart are one to three, and an answer may have been on its way.
_COARSENESS_SECONDS = 1.5


def _own(one: BlockDevice) -> tuple[float, float, float] | None:
    """Return the rates that a device has by itself."""
    if one.read_bytes_rate is None or one.written_bytes_rate is None or one.used_percent is None:
        return None
    return one.read_bytes_rate, one.written_bytes_rate, one.used_percent


def _between(before: Work, after: Work, seconds: float) -> tuple[float, float, float] | None:
    """Return the rates between two looks; none when a counter began anew."""
    read, written, worked = after[0] - before[0], after[1] - before[1], after[2] - before[2]
    if read < 0 or written < 0 or worked < 0:
        return None
    return read / seconds, written / seconds, min(100.0, 100.0 * worked / seconds)


def _sum(found: Iterable[tuple[float, float, float] | None]) -> tuple[float, float, float]:
    known = [rates for rates in found if rates is not None]
    if not known:
        return _NO_RATES
    if len(known) == 1:
        return known[0]
    read, written, worked = zip(*known, strict=True)
    return sum(read), sum(written), max(worked)


class DiskUse:
    """How full a server's disks are: the same object for as long as the sample has the same."""

    __slots__ = ("_percents", "_seen")

    def __init__(self) -> None:
        self._seen: Sequence[Disk] | None = None
        self._percents: Mapping[str, float] = {}

    def percents(self, disks: Sequence[Disk] | None) -> Mapping[str, float]:
        """Return mount point -> used percent, of the first ``MAX_DISKS``."""
        if disks is not self._seen:
            self._seen = disks
            known = islice(disks or (), MAX_DISKS)
            self._percents = {one.mountpoint: one.used_percent for one in known}
        return self._percents


def gauges(sample: Sample, at: float, disk_io: DiskIo) -> tuple[float, ...]:
    """Return the numbers of a sample, taken ``at`` this time of our clock (POSIX seconds)."""
    memory, load, network = sample.memory, sample.load, sample.network
    pressure = some_percents(sample.pressure)
    read, written, worked = disk_io.rates(sample, at)
    return (
        *_cpu(sample.cpu),
        pressure.get("cpu", UNKNOWN),
        UNKNOWN if load is None else load.one_minute,
        UNKNOWN if memory is None else memory.used_percent,
        UNKNOWN if memory is None else memory.used_bytes,
        pressure.get("memory", UNKNOWN),
        UNKNOWN if memory is None else _known(memory.swap_used_bytes),
        _warmest(sample.temperatures),
        UNKNOWN if network is None else _known(network.bytes_recv_rate),
        UNKNOWN if network is None else _known(network.bytes_sent_rate),
        read,
        written,
        worked,
        pressure.get("io", UNKNOWN),
    )


def _cpu(cpu: Cpu | None) -> tuple[float, ...]:
    if cpu is None:
        return _NO_CPU
    shares = cpu.shares
    if shares is None:
        return cpu.used_percent, *_NO_CPU[1:]
    return (
        cpu.used_percent,
        shares.user_percent,
        shares.system_percent,
        shares.iowait_percent,
        shares.steal_percent,
    )


def _warmest(temperatures: Sequence[Temperature] | None) -> float:
    return max([one.celsius for one in temperatures]) if temperatures else UNKNOWN


def _known(number: float | None) -> float:
    return UNKNOWN if number is None else number
