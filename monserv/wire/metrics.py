"""One server's metrics in REST: snake_case, sizes in bytes, rates in bytes per second.

A group that the server cannot give is absent; ``disks`` and
``top_processes_by_memory`` are always present.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monserv.model.sample import Cpu, Disk, Interface, Load, Memory, Network, Process, Sample
from monserv.wire.encoding import complete, percent, stamp

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
        "top_processes_by_memory": _rows(_process(process) for process in top),
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
    return complete(
        {
            "cores": cpu.cores,
            "used_percent": percent(cpu.used_percent),
            "model_name": cpu.model_name,
        }
    )


def _memory(memory: Memory) -> _Row | None:
    return complete(
        {
            "total_bytes": memory.total_bytes,
            "used_bytes": memory.used_bytes,
            "free_bytes": memory.free_bytes,
            "used_percent": percent(memory.used_percent),
        }
    )


def _disk(disk: Disk) -> _Row | None:
    return complete(
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


def _process(process: Process) -> _Row | None:
    return complete(
        {
            "pid": process.pid,
            "name": process.name,
            "username": process.username,
            "rss_bytes": process.rss_bytes,
            "percent_ram": percent(process.percent_ram),
            "cmdline": process.cmdline,
        }
    )


def _network(network: Network) -> _Row | None:
    return complete(
        {
            "interfaces": _rows(_interface(interface) for interface in network.interfaces),
            "total_bytes_sent": network.total_bytes_sent,
            "total_bytes_recv": network.total_bytes_recv,
            "bytes_sent_rate": network.bytes_sent_rate,
            "bytes_recv_rate": network.bytes_recv_rate,
        }
    )


def _interface(interface: Interface) -> _Row | None:
    return complete(
        {
            "name": interface.name,
            "bytes_sent": interface.bytes_sent,
            "bytes_recv": interface.bytes_recv,
            "packets_sent": interface.packets_sent,
            "packets_recv": interface.packets_recv,
            "errors_in": interface.errors_in,
            "errors_out": interface.errors_out,
            "drops_in": interface.drops_in,
            "drops_out": interface.drops_out,
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
