"""One parsed reading of a server, with rates.

A group that the server could not give is ``None``, never zero; an empty tuple
means that the server has none of these. Sizes are bytes, percents are 0 to 100,
rates are per second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from monserv.model.counters import Counters
from monserv.model.hardware import BlockDevice, Pressure, Temperature
from monserv.model.made_often import made_often
from monserv.model.quality import Group, GroupState
from monserv.model.services import Container, LoggedIn, OperatingSystem, Units

# How many processes are shown, and what share of the memory makes one large.
TOP_PROCESSES = 5
LARGE_PERCENT = 1.0


@made_often
@dataclass(frozen=True, slots=True)
class CpuShares:
    """How the time since the previous reading was spent, 0 to 100.

    ``user`` includes nice and guests, ``system`` includes interrupts. ``core`` is a
    core's number, ``None`` for all of them together.
    """

    core: int | None
    used_percent: float
    user_percent: float
    system_percent: float
    iowait_percent: float
    steal_percent: float


@made_often
@dataclass(frozen=True, slots=True)
class Cpu:
    """``used_percent`` is over the time since the previous reading; ``cores`` are online."""

    cores: int
    used_percent: float
    model_name: str
    shares: CpuShares | None = None
    per_core: Sequence[CpuShares] = ()


@made_often
@dataclass(frozen=True, slots=True)
class Memory:
    """``free_bytes`` is MemAvailable, ``used_bytes`` the rest of the total.

    The cache of ZFS, which the kernel counts as used, is counted as free as far as ZFS
    gives it back. ``cached_bytes`` is what the kernel could drop: page cache, buffers,
    reclaimable slabs and that cache. Swap is ``None`` where the kernel does not tell it.
    """

    total_bytes: int
    used_bytes: int
    free_bytes: int
    used_percent: float
    cached_bytes: int | None = None
    swap_total_bytes: int | None = None
    swap_used_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Inodes:
    """The files that a file system can hold; those that make them as needed tell none."""

    total: int
    used: int
    used_percent: float


@made_often
@dataclass(frozen=True, slots=True)
class Disk:
    """A mounted file system as ``df`` means it.

    ``free_bytes`` is what an ordinary user can still write, ``used_percent`` is
    used / (used + free). ``inodes`` are ``None`` where they are unknown or unlimited.
    """

    device: str
    mountpoint: str
    fstype: str
    total_bytes: int
    used_bytes: int
    free_bytes: int
    used_percent: float
    read_only: bool
    inodes: Inodes | None = None


@made_often
@dataclass(frozen=True, slots=True)
class Process:
    """One process.

    ``started_ticks`` (clock ticks after boot) tells two owners of one pid apart.
    ``cpu_percent`` is of one core, over the time since the processes were read before;
    ``None`` until they were read twice.
    """

    pid: int
    name: str
    username: str
    rss_bytes: int
    percent_ram: float
    cmdline: str
    started_ticks: int
    cpu_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes by resident memory, and all that were seen.

    ``large`` are the few that are shown and all others that hold at least
    ``LARGE_PERCENT`` of the memory, largest first; only those that are shown have
    their ``username``. ``seen`` maps pid to (started_ticks, rss_bytes), so that a
    process that is no longer large can be told from one that ended. ``busy`` are the few
    that used most of the CPU, busiest first; ``None`` until they were read twice.
    """

    large: tuple[Process, ...]
    seen: Mapping[int, tuple[int, int]]
    busy: tuple[Process, ...] | None = None

    @property
    def top(self) -> tuple[Process, ...]:
        """The few that are shown."""
        return self.large[:TOP_PROCESSES]


@made_often
@dataclass(frozen=True, slots=True)
class Interface:
    """Cumulative counters of one network interface, in the kernel's own columns.

    The rates (bytes, errors and drops a second, both ways together for the last two) are
    over the time since the reading before, ``None`` until there is one.
    """

    name: str
    bytes_sent: int
    bytes_recv: int
    packets_sent: int
    packets_recv: int
    errors_in: int
    errors_out: int
    drops_in: int
    drops_out: int
    fifo_in: int | None = None
    frame_in: int | None = None
    compressed_in: int | None = None
    multicast_in: int | None = None
    fifo_out: int | None = None
    collisions_out: int | None = None
    carrier_out: int | None = None
    compressed_out: int | None = None
    bytes_sent_rate: int | None = None
    bytes_recv_rate: int | None = None
    errors_rate: float | None = None
    drops_rate: float | None = None


@made_often
@dataclass(frozen=True, slots=True)
class Network:
    """All interfaces but loopback; totals and rates count hardware interfaces once.

    The rates are ``None`` for a step in which no interface that counts has one.
    """

    interfaces: Sequence[Interface]
    total_bytes_sent: int
    total_bytes_recv: int
    bytes_sent_rate: int | None
    bytes_recv_rate: int | None


@made_often
@dataclass(frozen=True, slots=True)
class Load:
    """Load averages over one, five and fifteen minutes."""

    one_minute: float
    five_minutes: float
    fifteen_minutes: float


@made_often
@dataclass(frozen=True, slots=True)
class Sample:
    """One complete reading: two readings of the CPU, a known distance apart.

    ``disks`` are those that ``df`` answered for, ``mountpoints`` all that the kernel
    lists: one that is only in the latter is there, and not known. ``problems`` says
    in words what could not be read, a sentence each. ``quality`` tells of each group how
    old it is and why it is no better.
    """

    taken_at: datetime
    hostname: str
    boot_id: str
    uptime_seconds: int
    cpu: Cpu | None = None
    memory: Memory | None = None
    disks: tuple[Disk, ...] | None = None
    mountpoints: frozenset[str] | None = None
    processes: Processes | None = None
    network: Network | None = None
    load: Load | None = None
    problems: tuple[str, ...] = ()
    system: OperatingSystem | None = None
    block_devices: Sequence[BlockDevice] | None = None
    pressure: Sequence[Pressure] | None = None
    temperatures: tuple[Temperature, ...] | None = None
    units: Units | None = None
    containers: tuple[Container, ...] | None = None
    logins: tuple[LoggedIn, ...] | None = None
    counters: Counters | None = None
    quality: Mapping[Group, GroupState] = field(default_factory=lambda: MappingProxyType({}))
