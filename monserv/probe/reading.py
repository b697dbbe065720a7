"""From the sections of an answer to a reading, from two readings to a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monserv.model.sample import (
    LARGE_PERCENT,
    Cpu,
    Disk,
    Interface,
    Load,
    Memory,
    Process,
    Processes,
    Sample,
)
from monserv.probe import processes, procfs, rates
from monserv.probe.disks import shown_path
from monserv.probe.mounts import Mount
from monserv.probe.text import clean


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
    hardware: frozenset[str]
    processes: tuple[processes.ProcessRow, ...]


def facts(sections: Mapping[str, str]) -> Facts:
    """Read the answer to ``facts_line``."""
    return Facts(
        hostname=clean(sections.get("hostname", "").strip()),
        model_name=procfs.model_name(sections.get("model", ""), sections.get("device_tree", "")),
        page_bytes=procfs.page_bytes(sections.get("page", "")),
        users=procfs.users(sections.get("users", "")),
    )


def reading(sections: Mapping[str, str]) -> Reading | None:
    """Read the answer to ``poll_line``; ``None`` when it is not of a Linux ``/proc``.

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
        hardware=procfs.hardware_interfaces(sections.get("hardware", "")),
        processes=processes.rows(sections.get("processes", "")),
    )


def sample(
    known: Facts,
    before: Reading,
    after: Reading,
    *,
    disks: tuple[Disk, ...] | None,
    mounts: tuple[Mount, ...] | None,
    owners: Mapping[int, int],
    taken_at: datetime,
) -> Sample:
    """Make a sample of two readings; each group that is missing is a problem in words.

    ``owners`` maps pid -> numeric user for the largest processes.
    """
    seconds = after.uptime_seconds - before.uptime_seconds
    cpu = _cpu(known, before, after)
    top = _processes(known, after, owners)
    network = (
        rates.network(before.interfaces, after.interfaces, after.hardware, seconds)
        if before.interfaces is not None and after.interfaces is not None
        else None
    )
    missing = {
        "cpu: /proc/stat could not be read": cpu,
        "memory: /proc/meminfo has no MemTotal and MemAvailable": after.memory,
        "load: /proc/loadavg could not be read": after.load,
        "network: /proc/net/dev could not be read": network,
        "disks: /proc/self/mountinfo could not be read, or df did not answer": disks,
        "processes: /proc/<pid>/stat or the page size could not be read": top,
    }
    return Sample(
        taken_at=taken_at,
        hostname=known.hostname,
        boot_id=after.boot_id,
        uptime_seconds=int(after.uptime_seconds),
        cpu=cpu,
        memory=after.memory,
        disks=disks,
        mountpoints=None if mounts is None else frozenset(shown_path(mount) for mount in mounts),
        processes=top,
        network=network,
        load=after.load,
        problems=tuple(problem for problem, group in missing.items() if group is None),
    )


def _cpu(known: Facts, before: Reading, after: Reading) -> Cpu | None:
    if before.cpu is None or after.cpu is None:
        return None
    percent = rates.cpu_percent(before.cpu, after.cpu)
    if percent is None:
        return None
    return Cpu(after.cpu.cores, percent, known.model_name)


def _processes(known: Facts, after: Reading, owners: Mapping[int, int]) -> Processes | None:
    page, memory = known.page_bytes, after.memory
    if page is None or memory is None or not after.processes:
        return None
    large = tuple(
        Process(
            pid=row.pid,
            name=row.name,
            username=_username(known, owners.get(row.pid)),
            rss_bytes=row.rss_pages * page,
            percent_ram=100.0 * row.rss_pages * page / memory.total_bytes,
            cmdline="",
            started_ticks=row.started_ticks,
        )
        for row in processes.largest(
            after.processes, LARGE_PERCENT / 100.0 * memory.total_bytes / page
        )
    )
    seen = {row.pid: (row.started_ticks, row.rss_pages * page) for row in after.processes}
    return Processes(large, seen)


def _username(known: Facts, uid: int | None) -> str:
    """Name an owner; one without a name goes by its number, as ``ps`` shows it."""
    if uid is None:
        return ""
    return known.users.get(uid, str(uid))
