"""``GET /api/state``: the shape that scripts of the first program read, camelCase.

A bare object, masked URL -> metrics; a server is there from its first sample
on. A group that a server cannot give is absent, lists are always present.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monserv.model.alert import Kind
from monserv.model.sample import Cpu, Disk, Memory, Process, Sample
from monserv.model.snapshot import ServerView, Snapshot
from monserv.wire.encoding import complete, percent, stamp
from monserv.wire.encoding import encode as to_json


def server(view: ServerView) -> dict[str, Any] | None:
    """Return what one server's sample says; ``None`` before the first one."""
    return None if view.sample is None else _metrics(view.sample)


def encode(snapshot: Snapshot, show: Callable[[ServerView], Any] = server) -> bytes:
    """Return the state of all servers that ever gave a sample; ``{}`` when none did.

    ``show`` returns what ``server`` does, or that as a fragment.
    """
    return to_json(
        {
            view.server.url: show(view)
            for view in snapshot.servers.values()
            if view.sample is not None
        }
    )


def _metrics(sample: Sample) -> dict[str, Any]:
    groups = {
        "cpu": _cpu(sample.cpu) if sample.cpu else None,
        "memory": _memory(sample.memory) if sample.memory else None,
    }
    top = sample.processes.top if sample.processes else ()
    disks = [_disk(disk) for disk in sample.disks or ()]
    processes = [_process(process) for process in top]
    return {
        "hostname": sample.hostname,
        "uptimeSeconds": sample.uptime_seconds,
        **{key: group for key, group in groups.items() if group is not None},
        "disks": [row for row in disks if row is not None],
        "topProcsByMem": [row for row in processes if row is not None],
        "generatedAtUtc": stamp(sample.taken_at),
    }


def _cpu(cpu: Cpu) -> dict[str, Any] | None:
    return complete(
        {
            "cores": cpu.cores,
            "usedPercent": percent(cpu.used_percent),
            "modelName": cpu.model_name,
        }
    )


def _memory(memory: Memory) -> dict[str, Any] | None:
    return complete(
        {
            "total": memory.total_bytes,
            "used": memory.used_bytes,
            "free": memory.free_bytes,
            "usedPercent": percent(memory.used_percent),
        }
    )


def _disk(disk: Disk) -> dict[str, Any] | None:
    return complete(
        {
            "device": disk.device,
            "mountpoint": disk.mountpoint,
            "fstype": disk.fstype,
            "total": disk.total_bytes,
            "used": disk.used_bytes,
            "free": disk.free_bytes,
            "usedPercent": percent(disk.used_percent),
        }
    )


def _process(process: Process) -> dict[str, Any] | None:
    return complete(
        {
            "pid": process.pid,
            "name": process.name,
            "username": process.username,
            "rssBytes": process.rss_bytes,
            "percentRAM": percent(process.percent_ram),
            "cmdline": process.cmdline,
        }
    )


def pushed(kind: Kind, subject: str, message: str) -> dict[str, Any]:
    """Return the answer to a test alert that was pushed."""
    return {"status": "sent", "type": kind, "subject": subject, "message": message}
