"""From the sections of an answer to a reading, from two readings to a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from monserv.model.quality import Group, GroupState, Quality
from monserv.model.sample import (
    Cpu,
    Disk,
    Interface,
    Load,
    Memory,
    Processes,
    Sample,
)
from monserv.probe import procfs, rates
from monserv.probe.capabilities import COUNTERS
from monserv.probe.text import clean

_PROBLEMS = {
    Group.CPU: "cpu: /proc/stat could not be read",
    Group.MEMORY: "memory: /proc/meminfo has no MemTotal and MemAvailable",
    Group.LOAD: "load: /proc/loadavg could not be read",
    Group.NETWORK: "network: /proc/net/dev could not be read",
    Group.DISKS: "disks: /proc/self/mountinfo could not be read, or df did not answer",
    Group.PROCESSES: "processes: /proc/<pid>/stat or the page size could not be read",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What does not change within a session."""

    hostname: str
    model_name: str
    page_bytes: int | None
    users: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the cumulative counters and of what is true at once."""

    boot_id: str
    uptime_seconds: float
    cpu: procfs.CpuTimes | None
    memory: Memory | None
    load: Load | None
    interfaces: tuple[Interface, ...] | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is not read at each poll, as it was read last; ``None`` is unknown.

    ``hardware`` names the interfaces that carry bytes for others.
    """

    hardware: frozenset[str]
    disks: tuple[Disk, ...] | None
    mountpoints: frozenset[str] | None
    processes: Processes | None


def facts(sections: Mapping[str, str]) -> Facts:
    """Read the answer to ``facts``."""
    return Facts(
        hostname=clean(sections.get("hostname", "").strip()),
        model_name=procfs.model_name(sections.get("model", ""), sections.get("device_tree", "")),
        page_bytes=procfs.page_bytes(sections.get("page", "")),
        users=procfs.users(sections.get("users", "")),
    )


def reading(sections: Mapping[str, str]) -> Reading | None:
    """Read the answer to ``poll``; ``None`` when it is not of a Linux ``/proc``.

    Without an uptime, and with neither CPU nor memory, nothing in the answer can
    be trusted.
    """
    counters = sections.get("counters", "")
    stat, memory_mark, rest = counters.partition("MemTotal:")
    meminfo, network_mark, net_dev = rest.partition("Inter-|")
    uptime = procfs.uptime_seconds(sections.get("uptime", ""))
    cpu = procfs.cpu_times(stat)
    memory = procfs.memory(memory_mark + meminfo)
    if uptime is None or (cpu is None and memory is None):
        return None
    return Reading(
        boot_id=clean(sections.get("boot", "").strip()),
        uptime_seconds=uptime,
        cpu=cpu,
        memory=memory,
        load=procfs.load(sections.get("load", "")),
        interfaces=procfs.interfaces(net_dev) if network_mark else None,
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
    cpu = _cpu(known, before, after)
    network = (
        rates.network(before.interfaces, after.interfaces, kept.hardware, seconds)
        if before.interfaces is not None and after.interfaces is not None
        else None
    )
    groups = {
        Group.CPU: cpu,
        Group.MEMORY: after.memory,
        Group.LOAD: after.load,
        Group.NETWORK: network,
        Group.DISKS: kept.disks,
        Group.PROCESSES: kept.processes,
    }
    return Sample(
        taken_at=taken_at,
        hostname=known.hostname,
        boot_id=after.boot_id,
        uptime_seconds=int(after.uptime_seconds),
        cpu=cpu,
        memory=after.memory,
        disks=kept.disks,
        mountpoints=kept.mountpoints,
        processes=kept.processes,
        network=network,
        load=after.load,
        problems=tuple(_PROBLEMS[group] for group, value in groups.items() if value is None),
        quality=_quality(groups, states, taken_at),
    )


def _quality(
    groups: Mapping[Group, object], states: Mapping[Group, GroupState], taken_at: datetime
) -> Mapping[Group, GroupState]:
    """Join the qualities of what was read just now with those of what is kept."""
    fresh = GroupState(Quality.OK, taken_at)
    read = {
        group: fresh if groups[group] is not None else GroupState(why.quality, None, why.reason)
        for group, why in COUNTERS.items()
    }
    return MappingProxyType({**read, **states})


def _cpu(known: Facts, before: Reading, after: Reading) -> Cpu | None:
    if before.cpu is None or after.cpu is None:
        return None
    percent = rates.cpu_percent(before.cpu, after.cpu)
    if percent is None:
        return None
    return Cpu(after.cpu.cores, percent, known.model_name)
