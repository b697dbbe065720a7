"""Everything that one server's sample says, for those who ask about that server alone.

For a thousand servers this would be most of each list and each event: a value for each
core, disk, sensor and container. It is what ``metrics`` shows, and more of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from monserv.model.hardware import BlockDevice, Pressure, Temperature
from monserv.model.sample import CpuShares, Interface, Process, Sample
from monserv.model.services import Container, FailedUnit, LoggedIn
from monserv.wire.encoding import complete, known, percent
from monserv.wire.metrics import interface, metrics, process, shares
from monserv.wire.quality import quality

_Row = dict[str, Any]


def details(sample: Sample, now: datetime) -> _Row:
    """Return all of a sample; its ages are as of ``now``."""
    shown = metrics(sample)
    if "cpu" in shown and sample.cpu is not None:
        shown["cpu"]["per_core"] = _rows(_core(core) for core in sample.cpu.per_core)
    if "network" in shown and sample.network is not None:
        shown["network"]["interfaces"] = _rows(_interface(one) for one in sample.network.interfaces)
    return shown | _groups(sample) | {"quality": quality(sample, now)}


def _groups(sample: Sample) -> _Row:
    units = sample.units
    groups = {
        "block_devices": _list(sample.block_devices, _block_device),
        "pressure": _pressure(sample.pressure),
        "temperatures": _list(sample.temperatures, _temperature),
        "top_processes_by_cpu": _list(sample.processes.busy if sample.processes else None, _busy),
        "units_state": units.state if units else None,
        "failed_units": _list(units.failed if units else None, _unit),
        "containers": _list(sample.containers, _container),
        "logins": _list(sample.logins, _login),
        "system": _system(sample),
    }
    return {name: group for name, group in groups.items() if group is not None}


def _rows(rows: Iterable[_Row | None]) -> list[_Row]:
    return [row for row in rows if row is not None]


def _list(found: Iterable[Any] | None, show: Any) -> list[_Row] | None:
    return None if found is None else _rows(show(one) for one in found)


def _core(core: CpuShares) -> _Row | None:
    return complete({"core": core.core, "used_percent": percent(core.used_percent)} | shares(core))


def _interface(one: Interface) -> _Row | None:
    first = interface(one)
    if first is not None:
        first |= known(
            {
                "bytes_sent_rate": one.bytes_sent_rate,
                "bytes_recv_rate": one.bytes_recv_rate,
                "errors_rate": _hundredths(one.errors_rate),
                "drops_rate": _hundredths(one.drops_rate),
            }
        )
    return first


def _block_device(one: BlockDevice) -> _Row | None:
    first = complete(
        {
            "name": one.name,
            "is_layered": one.is_layered,
            "read_bytes": one.read_bytes,
            "written_bytes": one.written_bytes,
            "reads_completed": one.reads_completed,
            "writes_completed": one.writes_completed,
        }
    )
    if first is not None:
        first |= known(
            {
                "read_bytes_rate": one.read_bytes_rate,
                "written_bytes_rate": one.written_bytes_rate,
                "used_percent": percent(one.used_percent),
            }
        )
    return first


def _pressure(found: Iterable[Pressure] | None) -> _Row | None:
    if found is None:
        return None
    return {
        one.resource: known(
            {
                "some_percent": _hundredths(one.some_percent),
                "some_seconds": one.some_seconds,
                "full_percent": _hundredths(one.full_percent),
                "full_seconds": one.full_seconds,
            }
        )
        for one in found
    }


def _temperature(one: Temperature) -> _Row | None:
    first = complete({"chip": one.chip, "name": one.name, "celsius": _hundredths(one.celsius)})
    return first and first | known({"critical_celsius": _hundredths(one.critical_celsius)})


def _busy(one: Process) -> _Row | None:
    first = process(one)
    used = _hundredths(one.cpu_percent)
    return first | {"cpu_percent": round(used, 1)} if first and used is not None else None


def _unit(one: FailedUnit) -> _Row | None:
    return complete({"name": one.name, "description": one.description})


def _container(one: Container) -> _Row | None:
    return complete(
        {
            "engine": one.engine,
            "id": one.id,
            "name": one.name,
            "image": one.image,
            "state": one.state,
            "status": one.status,
        }
    )


def _login(one: LoggedIn) -> _Row | None:
    return complete(
        {
            "username": one.username,
            "terminal": one.terminal,
            "since": one.since,
            "origin": one.origin,
        }
    )


def _system(sample: Sample) -> _Row | None:
    found = sample.system
    if found is None:
        return None
    return {
        "os": found.name,
        "kernel": found.kernel,
        "architecture": found.architecture,
        "boot_id": sample.boot_id,
    }


def _hundredths(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
