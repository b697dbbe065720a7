"""One server's metrics in lists and events: snake_case, sizes in bytes, rates a second.

A group that the server cannot give is absent; ``disks`` and
``top_processes_by_memory`` are always present. What came after the first version is
absent where it is unknown, within a group too. What one server alone is asked for is in
``details``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monserv.model.sample import (
    Cpu,
    CpuShares,
    Disk,
    Interface,
    Load,
    Memory,
    Network,
    Process,
    Sample,
)
from monserv.wire.encoding import complete, known, percent, stamp

_Row = dict[str, Any]


def metrics(sample: Sample) -> _Row:
    """Return a sample as REST shows it."""
    top = sample.processes.top if sample.processes else ()
    return {
        "hostname": sample.hostname,
        "uptime_seconds": sample.uptime_seconds,
        **_known(
            {
                "cpu": _cpu(sample.cpu) if sample.cpu else None,
                "memory": _memory(sample.memory) if sample.memory else None,
            }
        ),
        "disks": _rows(_disk(disk) for disk in sample.disks or ()),
        "top_processes_by_memory": _rows(process(one) for one in top),
        **_known(
            {
                "network": _network(sample.network) if sample.network else None,
                "load": _load(sample.load) if sample.load else None,
            }
        ),
        "generated_at_utc": stamp(sample.taken_at),
    }


def _known(groups: dict[str, _Row | None]) -> dict[str, _Row]:
    return {key: group for key, group in groups.items() if group is not None}


def _rows(rows: Iterable[_Row | None]) -> list[_Row]:
    return [row for row in rows if row is not None]


def _cpu(cpu: Cpu) -> _Row | None:
    first = complete(
        {
            "cores": cpu.cores,
            "used_percent": percent(cpu.used_percent),
            "model_name": cpu.model_name,
        }
    )
    if first is not None and cpu.shares is not None:
        first |= shares(cpu.shares)
    return first


def shares(found: CpuShares) -> _Row:
    """Return how the time was spent, by its parts."""
    return known(
        {
            "user_percent": percent(found.user_percent),
            "system_percent": percent(found.system_percent),
            "iowait_percent": percent(found.iowait_percent),
            "steal_percent": percent(found.steal_percent),
        }
    )


def _memory(memory: Memory) -> _Row | None:
    first = complete(
        {
            "total_bytes": memory.total_bytes,
            "used_bytes": memory.used_bytes,
            "free_bytes": memory.free_bytes,
            "used_percent": percent(memory.used_percent),
        }
    )
    if first is not None:
        first |= known(
            {
                "available_bytes": memory.free_bytes,
                "cached_bytes": memory.cached_bytes,
                "swap_total_bytes": memory.swap_total_bytes,
                "swap_used_bytes": memory.swap_used_bytes,
                "swap_used_percent": _swap_used_percent(memory),
            }
        )
    return first


def _swap_used_percent(memory: Memory) -> float | None:
    total, used = memory.swap_total_bytes, memory.swap_used_bytes
    # Nothing of nothing is no percent.
    return percent(100.0 * used / total) if total and used is not None else None


def _disk(disk: Disk) -> _Row | None:
    first = complete(
        {
            "device": disk.device,
            "mountpoint": disk.mountpoint,
            "fstype": disk.fstype,
            "total_bytes": disk.total_bytes,
            "used_bytes": disk.used_bytes,
            "free_bytes": disk.free_bytes,
            "used_percent": percent(disk.used_percent),
        }
    )
    if first is not None and disk.inodes is not None:
        first |= known(
            {
                "inodes_total": disk.inodes.total,
                "inodes_used": disk.inodes.used,
                "inodes_used_percent": percent(disk.inodes.used_percent),
            }
        )
    return first


def process(found: Process) -> _Row | None:
    """Return one process, ``None`` when it is incomplete."""
    return complete(
        {
            "pid": found.pid,
            "name": found.name,
            "username": found.username,
            "rss_bytes": found.rss_bytes,
            "percent_ram": percent(found.percent_ram),
            "cmdline": found.cmdline,
        }
    )


def _network(network: Network) -> _Row | None:
    return complete(
        {
            "interfaces": _rows(interface(one) for one in network.interfaces),
            "total_bytes_sent": network.total_bytes_sent,
            "total_bytes_recv": network.total_bytes_recv,
            "bytes_sent_rate": network.bytes_sent_rate,
            "bytes_recv_rate": network.bytes_recv_rate,
        }
    )


def interface(found: Interface) -> _Row | None:
    """Return one interface, ``None`` when it is incomplete."""
    return complete(
        {
            "name": found.name,
            "bytes_sent": found.bytes_sent,
            "bytes_recv": found.bytes_recv,
            "packets_sent": found.packets_sent,
            "packets_recv": found.packets_recv,
            "errors_in": found.errors_in,
            "errors_out": found.errors_out,
            "drops_in": found.drops_in,
            "drops_out": found.drops_out,
        }
    )


def _load(load: Load) -> _Row | None:
    return complete(
        {
            "one_minute": load.one_minute,
            "five_minutes": load.five_minutes,
            "fifteen_minutes": load.fifteen_minutes,
        }
    )
