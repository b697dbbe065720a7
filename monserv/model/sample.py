"""One parsed reading of a server, with rates.

A group that the server could not give is ``None``, never zero; an empty tuple
means that the server has none of these. Sizes are bytes, percents are 0 to 100,
rates are per second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

# How many processes are shown, and what share of the memory makes one large.
TOP_PROCESSES = 5
LARGE_PERCENT = 1.0


@dataclass(frozen=True, slots=True)
class Cpu:
    """``used_percent`` is over the time since the previous reading; ``cores`` are online."""

    cores: int
    used_percent: float
    model_name: str


@dataclass(frozen=True, slots=True)
class Memory:
    """``free_bytes`` is MemAvailable, ``used_bytes`` the rest of the total."""

    total_bytes: int
    used_bytes: int
    free_bytes: int
    used_percent: float


@dataclass(frozen=True, slots=True)
class Disk:
    """A mounted file system as ``df`` means it.

    ``free_bytes`` is what an ordinary user can still write, ``used_percent`` is
    used / (used + free).
    """

    device: str
    mountpoint: str
    fstype: str
    total_bytes: int
    used_bytes: int
    free_bytes: int
    used_percent: float
    read_only: bool


@dataclass(frozen=True, slots=True)
class Process:
    """A process by resident memory.

    ``started_ticks`` (clock ticks after boot) tells two owners of one pid apart.
    """

    pid: int
    name: str
    username: str
    rss_bytes: int
    percent_ram: float
    cmdline: str
    started_ticks: int


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes by resident memory, and all that were seen.

    ``large`` are the few that are shown and all others that hold at least
    ``LARGE_PERCENT`` of the memory, largest first; only those that are shown have
    their ``username``. ``seen`` maps pid to (started_ticks, rss_bytes), so that a
    process that is no longer large can be told from one that ended.
    """

    large: tuple[Process, ...]
    seen: Mapping[int, tuple[int, int]]

    @property
    def top(self) -> tuple[Process, ...]:
        """The few that are shown."""
        return self.large[:TOP_PROCESSES]


@dataclass(frozen=True, slots=True)
class Interface:
    """Cumulative counters of one network interface."""

    name: str
    bytes_sent: int
    bytes_recv: int
    packets_sent: int
    packets_recv: int
    errors_in: int
    errors_out: int
    drops_in: int
    drops_out: int


@dataclass(frozen=True, slots=True)
class Network:
    """All interfaces but loopback; totals and rates count hardware interfaces once."""

    interfaces: tuple[Interface, ...]
    total_bytes_sent: int
    total_bytes_recv: int
    bytes_sent_rate: int
    bytes_recv_rate: int


@dataclass(frozen=True, slots=True)
class Load:
    """Load averages over one, five and fifteen minutes."""

    one_minute: float
    five_minutes: float
    fifteen_minutes: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One complete reading: two readings of the CPU, a known distance apart.

    ``disks`` are those that ``df`` answered for, ``mountpoints`` all that the kernel
    lists: one that is only in the latter is there, and not known. ``problems`` says
    in words what could not be read, a sentence each.
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
