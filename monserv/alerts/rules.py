"""What a sample is measured against: readings to compare, and items that are gone."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.alerts.words import Ending
from monserv.model.alert import Alert, AlertType
from monserv.model.sample import Process, Sample
from monserv.model.settings import Thresholds


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured value in percent.

    ``key`` is the alert's id behind the URL, ``item`` is what its words name,
    ``incarnation`` tells two owners of one key apart (a reused pid).
    """

    key: str
    type: AlertType
    value: float
    threshold: float
    for_seconds: float = 0.0
    item: str = ""
    incarnation: str = ""


def readings(sample: Sample, thresholds: Thresholds, *, with_low: bool = True) -> list[Reading]:
    """Return what a sample lets us compare; a group without data brings nothing.

    Without ``with_low`` what is below its threshold is left out: nearly all of it, nearly always.
    """
    found = []
    cpu, memory, processes = sample.cpu, sample.memory, sample.processes
    limit = thresholds.cpu_percent
    if cpu is not None and (with_low or cpu.used_percent >= limit):
        seconds = thresholds.cpu_for_seconds
        found.append(Reading("cpu", AlertType.CPU, cpu.used_percent, limit, seconds))
    limit = thresholds.memory_percent
    if memory is not None and (with_low or memory.used_percent >= limit):
        found.append(Reading("mem", AlertType.MEMORY, memory.used_percent, limit))
    limit = thresholds.disk_percent
    for disk in sample.disks or ():
        # Nobody can empty a read-only file system.
        if (with_low or disk.used_percent >= limit) and not disk.read_only:
            mount = disk.mountpoint
            key = f"disk|{mount}"
            found.append(Reading(key, AlertType.DISK, disk.used_percent, limit, item=mount))
    limit = thresholds.process_ram_percent
    for process in processes.large if processes is not None else ():
        if not with_low and process.percent_ram < limit:
            # The largest come first, so there is no need to look at the others.
            break
        found.append(_of_process(process, limit))
    return found


def _of_process(process: Process, limit: float) -> Reading:
    return Reading(
        f"proc|{process.pid}",
        AlertType.PROCESS,
        process.percent_ram,
        limit,
        item=f"{process.name}({process.pid})",
        incarnation=str(process.started_ticks),
    )


def ending(key: str, alert: Alert, sample: Sample) -> Ending | None:
    """Return how what ``alert`` is about came to an end, ``None`` when it did not.

    Without data about its group nothing is known, and so nothing has ended.
    """
    if alert.type is AlertType.DISK:
        mountpoint = key.removeprefix("disk|")
        if sample.mountpoints is not None and mountpoint not in sample.mountpoints:
            return Ending.GONE
        found = [disk for disk in sample.disks or () if disk.mountpoint == mountpoint]
        return Ending.READ_ONLY if found and found[0].read_only else None
    if alert.type is AlertType.PROCESS and sample.processes is not None:
        pid = int(key.removeprefix("proc|"))
        started_ticks, _ = sample.processes.seen.get(pid, (None, 0))
        return None if str(started_ticks) == alert.incarnation else Ending.GONE
    return None


def beyond_the_largest(
    key: str, alert: Alert, sample: Sample, thresholds: Thresholds
) -> Reading | None:
    """Return the reading of a process that lives on but is no longer among the large ones."""
    if alert.type is not AlertType.PROCESS or sample.processes is None or sample.memory is None:
        return None
    _, rss_bytes = sample.processes.seen[int(key.removeprefix("proc|"))]
    return Reading(
        key,
        AlertType.PROCESS,
        100.0 * rss_bytes / sample.memory.total_bytes,
        thresholds.process_ram_percent,
        item=alert.item,
        incarnation=alert.incarnation,
    )
