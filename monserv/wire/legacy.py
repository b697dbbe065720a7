"""``GET /api/state``: the shape that scripts of the first program read, camelCase.

A bare object, masked URL -> metrics; a server is there from its first sample
on. A group that a server cannot give is absent, lists are always present.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

import orjson

from monserv.model.alert import Kind
from monserv.model.sample import Disk, Process, Processes, Sample
from monserv.model.snapshot import ServerView, Snapshot
from monserv.wire.encoding import complete, percent, stamp
from monserv.wire.encoding import encode as to_json

T = TypeVar("T")
# What a part was made of, and the part.
_Part = tuple[object, Any]
_NOTHING: _Part = (object(), None)


def server(view: ServerView) -> dict[str, Any] | None:
    """Return what one server's sample says; ``None`` before the first one."""
    sample = view.sample
    if sample is None:
        return None
    return _metrics(sample, _disks(sample.disks), _processes(sample.processes))


class Records:
    """Shows servers as ``server`` does, with what is not read at each poll encoded once.

    Disks and processes are most of a server's text, and the same objects in several samples.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[_Part, _Part]] = {}

    def server(self, view: ServerView) -> dict[str, Any] | None:
        """Return what one server's sample says, parts of it ready; ``None`` before the first."""
        sample, server_id = view.sample, view.server.id
        if sample is None:
            return None
        disks, processes = self._kept.get(server_id, (_NOTHING, _NOTHING))
        if disks[0] is not sample.disks or processes[0] is not sample.processes:
            disks = _renewed(disks, sample.disks, _disks)
            processes = _renewed(processes, sample.processes, _processes)
            self._kept[server_id] = disks, processes
        return _metrics(sample, disks[1], processes[1])

    def forget_others(self, server_ids: Collection[str]) -> None:
        """Keep nothing of servers that are watched no more."""
        for gone in [each for each in tuple(self._kept) if each not in server_ids]:
            self._kept.pop(gone, None)


def _renewed(part: _Part, source: T, show: Callable[[T], Any]) -> _Part:
    return part if part[0] is source else (source, orjson.Fragment(to_json(show(source))))


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


def _metrics(sample: Sample, disks: Any, processes: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "hostname": sample.hostname,
        "uptimeSeconds": sample.uptime_seconds,
    }
    # What these count is bounded where it is read; the percent alone may be no number.
    cpu, memory = sample.cpu, sample.memory
    if cpu is not None and (used := percent(cpu.used_percent)) is not None:
        shown["cpu"] = {"cores": cpu.cores, "usedPercent": used, "modelName": cpu.model_name}
    if memory is not None and (used := percent(memory.used_percent)) is not None:
        shown["memory"] = {
            "total": memory.total_bytes,
            "used": memory.used_bytes,
            "free": memory.free_bytes,
            "usedPercent": used,
        }
    shown["disks"] = disks
    shown["topProcsByMem"] = processes
    shown["generatedAtUtc"] = stamp(sample.taken_at)
    return shown


def _disks(disks: Iterable[Disk] | None) -> list[dict[str, Any]]:
    return [row for disk in disks or () if (row := _disk(disk)) is not None]


def _processes(processes: Processes | None) -> list[dict[str, Any]]:
    top = processes.top if processes is not None else ()
    return [row for process in top if (row := _process(process)) is not None]


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
