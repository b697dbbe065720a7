"""What busy servers say: numbers that wander, burst and repeat as real ones do.

None of them is idle: the disk and the network of an idle one compress to a fraction.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monserv.model.hardware import BlockDevice, Pressure, Temperature
from monserv.model.sample import Cpu, CpuShares, Disk, Load, Memory, Network, Sample
from monserv.probe import blocks

GIB = 2**30
MOUNTS = ("/", "/home", "/var/lib/postgresql")
_SECTOR_BYTES = 512


def _wander(chance: random.Random, mean: float, spread: float, memory: float) -> Iterator[float]:
    """Return numbers around ``mean`` that each resemble the one before by ``memory``."""
    away = 0.0
    fresh = spread * math.sqrt(1 - memory * memory)
    while True:
        away = memory * away + chance.gauss(0, fresh)
        yield max(0.0, mean + away)


def _burst(chance: random.Random, typical: float, idle: float) -> Iterator[float]:
    """Return rates that differ by factors, and are nothing for a share of the time."""
    level = 0.0
    while True:
        level = 0.9 * level + chance.gauss(0, 0.4)
        is_idle = chance.random() < idle
        yield 0.0 if is_idle else typical * math.exp(level + chance.gauss(0, 0.7))


@dataclass
class Machine:
    """One server; each call of ``sample`` is another poll."""

    seed: int

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 -- the same numbers in every run
        size = chance.choice((2, 8, 32)) * GIB
        self._memory_bytes = size
        self._cpu = _wander(chance, chance.uniform(5, 40), 6, 0.8)
        self._iowait = _wander(chance, 0.3, 0.4, 0.3)
        self._load = _wander(chance, chance.uniform(0.2, 4), 0.3, 0.99)
        self._pressures = [_wander(chance, 0.2, 0.4, 0.5) for _ in range(2)]
        self._used = _wander(chance, chance.uniform(25, 75), 3, 0.9995)
        self._celsius = _wander(chance, 48, 2, 0.99)
        self._rx, self._tx = (_burst(chance, typical, 0.0) for typical in (40e3, 30e3))
        self._read, self._written = _burst(chance, 2e4, 0.7), _burst(chance, 1e5, 0.3)
        self._busy = _wander(chance, 2, 2, 0.3)
        self._fill = [chance.uniform(10, 80) for _ in MOUNTS]
        self._grow: Callable[[], float] = lambda: chance.uniform(0, 2e-5)
        self._sectors = [10_000_000, 10_000_000]
        self._worked_ms = 1_000_000.0
        self._diskstats = self._text()
        self._uptime = 100_000

    def sample(self, at: datetime, seconds: float) -> Sample:
        """Return what the server says, ``seconds`` after its poll before."""
        self._uptime += round(seconds)
        used = min(100.0, next(self._cpu))
        iowait = min(used, next(self._iowait))
        share = min(100.0, next(self._used))
        memory = round(self._memory_bytes * share / 100)
        self._fill = [min(100.0, percent + self._grow()) for percent in self._fill]
        return Sample(
            taken_at=at,
            hostname="machine",
            boot_id="b",
            uptime_seconds=self._uptime,
            cpu=Cpu(4, used, "", CpuShares(None, used, used * 0.7, used * 0.25, iowait, 0.0)),
            memory=Memory(
                *(self._memory_bytes, memory, self._memory_bytes - memory, share),
                swap_total_bytes=GIB,
                swap_used_bytes=GIB // 7,
            ),
            disks=tuple(
                Disk("/dev/sda1", mount, "ext4", GIB, 0, 0, percent, read_only=False)
                for mount, percent in zip(MOUNTS, self._fill, strict=True)
            ),
            network=Network((), 0, 0, round(next(self._tx)), round(next(self._rx))),
            load=Load(round(next(self._load), 2), 1.0, 1.0),
            block_devices=self._devices(seconds),
            pressure=(
                Pressure("cpu", round(next(self._pressures[0]), 2), 0.0),
                Pressure("io", round(next(self._pressures[1]), 2), 0.0),
                Pressure("memory", 0.0, 0.0),
            ),
            temperatures=(Temperature("coretemp", "Package", round(next(self._celsius))),),
        )

    def _devices(self, seconds: float) -> Sequence[BlockDevice] | None:
        before = self._diskstats
        for place, rate in enumerate((next(self._read), next(self._written))):
            self._sectors[place] += int(rate * seconds / _SECTOR_BYTES)
        self._worked_ms += min(100.0, next(self._busy)) * 10 * seconds
        self._diskstats = self._text()
        return blocks.devices(before, self._diskstats, seconds)

    def _text(self) -> str:
        read, written = self._sectors
        worked = round(self._worked_ms)
        whole = f"8 0 sda {read} 0 {read} 1 {written} 0 {written} 1 0 {worked} {worked}"
        return (
            f"{whole}\n8 1 sda1 1 0 1 1 1 0 1 1 0 1 1\n{whole.replace('8 0 sda', '253 0 dm-0')}\n"
        )
