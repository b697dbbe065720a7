"""What history keeps: which metrics, in which tiers, and what is asked of it.

A *slot* of a tier is a step of UTC time, counted since 1970; its *point* says of each
metric the average, the least and the most of what was sampled in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Unit(StrEnum):
    """What the number of a metric counts, and so how finely it is kept."""

    PERCENT = "percent"
    BYTES = "bytes"
    BYTES_PER_SECOND = "bytes_per_second"
    LOAD = "load"
    CELSIUS = "celsius"


class Group(StrEnum):
    """Metrics that are kept in one row; ``DISK`` has one for each mount point."""

    CPU = "cpu"
    MEMORY = "memory"
    IO = "io"
    DISK = "disk"


# The metrics of each group. A group may get more, at its end: what was stored before
# knows nothing of them.
METRICS: Mapping[Group, Mapping[str, Unit]] = {
    Group.CPU: {
        "cpu_used_percent": Unit.PERCENT,
        "cpu_user_percent": Unit.PERCENT,
        "cpu_system_percent": Unit.PERCENT,
        "cpu_iowait_percent": Unit.PERCENT,
        "cpu_steal_percent": Unit.PERCENT,
        "cpu_pressure_percent": Unit.PERCENT,
        "load_one_minute": Unit.LOAD,
    },
    Group.MEMORY: {
        "memory_used_percent": Unit.PERCENT,
        "memory_used_bytes": Unit.BYTES,
        "memory_pressure_percent": Unit.PERCENT,
        "swap_used_bytes": Unit.BYTES,
        "temperature_celsius": Unit.CELSIUS,
    },
    Group.IO: {
        "network_rx_bytes_per_second": Unit.BYTES_PER_SECOND,
        "network_tx_bytes_per_second": Unit.BYTES_PER_SECOND,
        "disk_read_bytes_per_second": Unit.BYTES_PER_SECOND,
        "disk_write_bytes_per_second": Unit.BYTES_PER_SECOND,
        "disk_busy_percent": Unit.PERCENT,
        "io_pressure_percent": Unit.PERCENT,
    },
    Group.DISK: {"disk_used_percent": Unit.PERCENT},
}
NAMES = tuple(name for group in METRICS.values() for name in group)
# What a server is, apart from its disks, in the order in which it is kept in memory.
SERVER_METRICS = tuple(
    name for group, metrics in METRICS.items() if group is not Group.DISK for name in metrics
)
UNITS = {name: unit for metrics in METRICS.values() for name, unit in metrics.items()}

# Of so many mount points of a server history is kept; a machine full of containers has more.
MAX_DISKS = 32
DAY_SECONDS = 86400
# What a point of a server with three disks takes on the disk (bench/history).
POINT_BYTES = 48


@dataclass(frozen=True, slots=True)
class Tier:
    """History of one fineness: a slot has ``step_seconds``, a block ``block_slots`` slots.

    With ``digest_slots`` a block also tells what so many of its slots are together.
    """

    number: int
    name: str
    step_seconds: int
    block_slots: int
    digest_slots: int = 0

    @property
    def block_seconds(self) -> int:
        """The time that one block holds."""
        return self.step_seconds * self.block_slots


MINUTE = Tier(0, "1m", 60, 60)
TEN_MINUTES = Tier(1, "10m", 600, 72)
HOUR = Tier(2, "1h", 3600, 84, digest_slots=12)
TIERS = (MINUTE, TEN_MINUTES, HOUR)


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days each tier is kept; 0 turns it off."""

    minute_days: float = 2.0
    ten_minute_days: float = 30.0
    hour_days: float = 730.0

    def seconds(self, tier: Tier) -> float:
        """Return for how long a tier is kept."""
        return self.days(tier) * DAY_SECONDS

    def days(self, tier: Tier) -> float:
        """Return for how many days a tier is kept."""
        return (self.minute_days, self.ten_minute_days, self.hour_days)[tier.number]

    def estimated_bytes(self, tier: Tier) -> int:
        """Return about how large a tier becomes, for one server with three disks."""
        return round(self.seconds(tier) / tier.step_seconds * POINT_BYTES)

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return any(self.seconds(tier) > 0 for tier in TIERS)


DEFAULT_RETENTION = Retention()


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """Whose numbers: a server (by its id and by user, host and port), a group, a mount point.

    ``item`` is empty but for ``Group.DISK``.
    """

    server_id: str
    known_as: str
    group: Group
    item: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric at each instant of an answer; ``None`` where it is unknown."""

    average: Sequence[float | None]
    least: Sequence[float | None]
    most: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class RollupQuery:
    """What is asked: from when to when, which metrics, of which disks (``None``: of all).

    ``step_seconds`` is the least distance of two points, ``None`` the finest that is
    kept; there are never more than ``max_points``.
    """

    start: datetime
    end: datetime
    metrics: Sequence[str] = NAMES
    disks: frozenset[str] | None = None
    step_seconds: int | None = None
    max_points: int = 1000


@dataclass(frozen=True, slots=True)
class Rollups:
    """The answer: curves by the name of their metric, of the server and of each disk.

    ``at`` is when each point begins; ``samples`` how many polls are in it. ``tier`` is
    where the numbers are from: the name of a tier, or ``memory``.
    """

    start: datetime
    end: datetime
    step_seconds: float
    tier: str
    at: Sequence[datetime]
    samples: Sequence[int]
    metrics: Mapping[str, Curve]
    disks: Mapping[str, Mapping[str, Curve]]
