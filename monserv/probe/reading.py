"""From the sections of an answer to a reading, from two readings to a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monserv.model.hardware import Pressures, Temperature
from monserv.model.later import LaterMapping, LaterSequence
from monserv.model.made_often import made_often, maker
from monserv.model.quality import Group, GroupState, Quality
from monserv.model.sample import (
    Cpu,
    Disk,
    Load,
    Memory,
    Processes,
    Sample,
)
from monserv.model.services import Container, LoggedIn, OperatingSystem, Units
from monserv.probe import (
    blocks,
    cpu,
    files,
    memory,
    pressure,
    procfs,
    rates,
    system,
)
from monserv.probe.capabilities import COUNTERS
from monserv.probe.counters import counters
from monserv.probe.interfaces import NONE, Interfaces, interfaces
from monserv.probe.text import clean

# What is read at each poll.
_FOUND = (
    *(Group.CPU, Group.MEMORY, Group.LOAD),
    *(Group.NETWORK, Group.DISK_IO, Group.PRESSURE),
)
# The core of a sample: what is said when it is missing.
_PROBLEMS = (
    "cpu: /proc/stat could not be read",
    "memory: /proc/meminfo has no MemTotal and MemAvailable",
    "load: /proc/loadavg could not be read",
    "network: /proc/net/dev could not be read",
    "disks: /proc/self/mountinfo could not be read, or df did not answer",
    "processes: /proc/<pid>/stat or the page size could not be read",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What does not change within a session."""

    hostname: str
    model_name: str
    page_bytes: int | None
    users: Mapping[int, str]
    system: OperatingSystem | None


@made_often
@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the cumulative counters and of what is true at once.

    The texts of ``/proc`` are read further when somebody asks for it.
    """

    boot_id: str
    uptime_seconds: float
    cpu: cpu.CpuTimes | None
    memory: Memory | None
    load: Load | None
    interfaces: Interfaces | None
    pressure: Pressures | None
    stat: str
    meminfo: str
    diskstats: str


@made_often
@dataclass(frozen=True, slots=True)
class Kept:
    """What is not read at each poll, as it was read last; ``None`` is unknown.

    ``hardware`` names the interfaces that carry bytes for others, ``events`` are those of
    ``Counters``.
    """

    hardware: frozenset[str] = frozenset()
    events: Mapping[str, int] = field(default_factory=dict)
    disks: tuple[Disk, ...] | None = None
    mountpoints: frozenset[str] | None = None
    processes: Processes | None = None
    temperatures: tuple[Temperature, ...] | None = None
    units: Units | None = None
    containers: tuple[Container, ...] | None = None
    logins: tuple[LoggedIn, ...] | None = None


_new_reading = maker(Reading)
_new_cpu = maker(Cpu)
_new_sample = maker(Sample)


def facts(sections: Mapping[str, str]) -> Facts:
    """Read the answer to ``facts``."""
    return Facts(
        hostname=clean(sections.get("hostname", "").strip()),
        model_name=procfs.model_name(sections.get("model", ""), sections.get("device_tree", "")),
        page_bytes=procfs.page_bytes(sections.get("page", "")),
        users=procfs.users(sections.get("users", "")),
        system=system.system(sections.get("os", ""), sections.get("kernel", "")),
    )


def reading(
    sections: Mapping[str, str],
    zfs_cache_bytes: int | None = None,
    before: Reading | None = None,
) -> Reading | None:
    """Read the answer to ``poll``; ``None`` when it is not of a Linux ``/proc``.

    ``zfs_cache_bytes`` is what ZFS gives back, as it was last read; what stands in the
    reading ``before`` in the same words is not read again. Without an uptime, and with
    neither CPU nor memory, nothing in the answer can be trusted.
    """
    text = files.cut(sections.get("counters", ""))
    uptime = procfs.uptime_seconds(sections.get("uptime", ""))
    times = cpu.cpu_times(text.stat)
    known_memory = memory.memory(text.meminfo, zfs_cache_bytes)
    if uptime is None or (times is None and known_memory is None):
        return None
    known = NONE if before is None or before.interfaces is None else before.interfaces
    return _new_reading(
        boot_id=clean(sections.get("boot", "").strip()),
        uptime_seconds=uptime,
        cpu=times,
        memory=known_memory,
        load=procfs.load(sections.get("load", "")),
        interfaces=interfaces(text.net_dev, known) if text.net_dev else None,
        pressure=pressure.pressure(text.pressure),
        stat=text.stat,
        meminfo=text.meminfo,
        diskstats=text.diskstats,
    )


def sample(
    known: Facts,
    before: Reading,
    after: Reading,
    *,
    kept: Kept,
    states: Mapping[Group, GroupState],
    taken_at: datetime,
) -> Sample:
    """Make a sample of two readings; each group that is missing is a problem in words.

    ``states`` are the qualities of the groups in ``kept``.
    """
    seconds = after.uptime_seconds - before.uptime_seconds
    known_cpu = _cpu(known, before, after)
    network = (
        rates.network(before.interfaces.rows, after.interfaces.rows, kept.hardware, seconds)
        if before.interfaces is not None and after.interfaces is not None
        else None
    )
    devices = blocks.devices(before.diskstats, after.diskstats, seconds)
    found = (known_cpu, after.memory, after.load, network, devices, after.pressure)
    core = (known_cpu, after.memory, after.load, network, kept.disks, kept.processes)
    return _new_sample(
        taken_at=taken_at,
        hostname=known.hostname,
        boot_id=after.boot_id,
        uptime_seconds=int(after.uptime_seconds),
        cpu=known_cpu,
        memory=after.memory,
        disks=kept.disks,
        mountpoints=kept.mountpoints,
        processes=kept.processes,
        network=network,
        load=after.load,
        problems=() if all(core) else _problems(core),
        system=known.system,
        block_devices=devices,
        pressure=after.pressure,
        temperatures=kept.temperatures,
        units=kept.units,
        containers=kept.containers,
        logins=kept.logins,
        counters=counters(after.stat, after.meminfo, after.cpu, kept.events),
        quality=LaterMapping(_quality, found, states, taken_at),
    )


def _problems(core: tuple[object, ...]) -> tuple[str, ...]:
    return tuple([words for words, value in zip(_PROBLEMS, core, strict=True) if value is None])


def _quality(
    found: tuple[object, ...], states: Mapping[Group, GroupState], taken_at: datetime
) -> Mapping[Group, GroupState]:
    """Join the qualities of what was ``found`` just now with those of what is kept."""
    fresh = GroupState(Quality.OK, taken_at)
    groups = dict(zip(_FOUND, found, strict=True))
    read = {
        group: fresh
        if groups[group] is not None
        else GroupState(why.quality, None, why.reason, why.fix)
        for group, why in COUNTERS.items()
    }
    return {**read, **states}


def _cpu(known: Facts, before: Reading, after: Reading) -> Cpu | None:
    if before.cpu is None or after.cpu is None:
        return None
    shares = cpu.shares(before.cpu.total, after.cpu.total)
    if shares is None:
        return None
    return _new_cpu(
        cores=after.cpu.cores,
        used_percent=shares.used_percent,
        model_name=known.model_name,
        shares=shares,
        per_core=LaterSequence(cpu.per_core, before.cpu, after.cpu),
    )
