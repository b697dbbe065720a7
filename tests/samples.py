"""Samples and results for tests, made of what a test names and ordinary values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monserv.errors import Cause
from monserv.model.poll import Missed, Polled
from monserv.model.sample import Cpu, Disk, Memory, Process, Processes, Sample
from monserv.model.server import Reach, Server

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
GIB = 2**30


def server(name: str = "nas", tags: tuple[str, ...] = ()) -> Server:
    return Server(name, name, Reach.SSH, "10.0.0.3", 22, "scada", f"ssh://scada:***@{name}", tags)


def disk(mountpoint: str, percent: float, *, read_only: bool = False) -> Disk:
    used = round(percent * GIB / 100)
    return Disk("/dev/sda1", mountpoint, "ext4", GIB, used, GIB - used, percent, read_only)


def process(pid: int, percent: float, *, name: str = "java", started_ticks: int = 7) -> Process:
    rss = round(8 * GIB * percent / 100)
    return Process(pid, name, "app", rss, percent, "", started_ticks)


def processes(*top: Process, others: dict[int, tuple[int, int]] | None = None) -> Processes:
    seen = {one.pid: (one.started_ticks, one.rss_bytes) for one in top}
    return Processes(top, seen | (others or {}))


def sample(
    *,
    at: datetime = START,
    cpu: float | None = 10.0,
    memory: float | None = 50.0,
    disks: tuple[Disk, ...] | None = (),
    silent: tuple[str, ...] | None = (),
    top: Processes | None = None,
    hostname: str = "scadanas",
) -> Sample:
    """Return a sample; ``silent`` are the mount points that ``df`` did not answer for.

    ``silent=None`` is a server whose list of mounts could not be read.
    """
    answered = {one.mountpoint for one in disks or ()}
    used = None if memory is None else round(8 * GIB * memory / 100)
    return Sample(
        taken_at=at,
        hostname=hostname,
        boot_id="b",
        uptime_seconds=3600,
        cpu=None if cpu is None else Cpu(4, cpu, "AMD EPYC"),
        memory=None
        if used is None or memory is None
        else Memory(8 * GIB, used, 8 * GIB - used, memory),
        disks=disks,
        mountpoints=None if silent is None else frozenset(answered | set(silent)),
        processes=top,
    )


def polled(sample_: Sample, name: str = "nas") -> Polled:
    return Polled(name, sample_.taken_at, sample_)


def missed(
    count: int,
    *,
    at: datetime = START,
    cause: Cause = Cause.UNREACHABLE,
    text: str = "Connection refused",
    name: str = "nas",
) -> Missed:
    return Missed(name, at, cause, text, count)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)
