"""What node_exporter calls the values of a sample: one table of metrics.

``node_time_seconds`` is the server's own clock: when it was booted, as its kernel says,
and for how long it has been up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from monserv.model.counters import CPU_MODES
from monserv.model.hardware import BlockDevice, Pressure
from monserv.model.sample import Disk, Interface, Load, Sample
from monserv.wire.node_sensors import SENSORS
from monserv.wire.prometheus_text import Family, Row, label, labels

# USER_HZ, which is fixed for programs on every architecture that Linux still runs on.
TICKS_PER_SECOND = 100

_GUEST_MODES = ("guest", "guest_nice")
_Rows = Callable[[Sample], Iterable[Row]]


def _one(read: Callable[[Sample], float | None]) -> _Rows:
    """Return the rows of what a server has once."""

    def rows(sample: Sample) -> Iterator[Row]:
        value = read(sample)
        if value is not None:
            yield "", value

    return rows


def counted(read: Callable[..., int | None]) -> _Rows:
    """Return the rows of one of a sample's counters."""
    return _one(lambda sample: read(sample.counters) if sample.counters else None)


def _kernel(name: str) -> _Rows:
    return counted(lambda counters: counters.kernel.get(name))


def _load(read: Callable[[Load], float]) -> _Rows:
    return _one(lambda sample: read(sample.load) if sample.load else None)


def _boot_time(sample: Sample) -> int | None:
    return sample.counters.kernel.get("btime") if sample.counters else None


def _time(sample: Sample) -> int | None:
    booted_at = _boot_time(sample)
    return None if booted_at is None else booted_at + sample.uptime_seconds


def _cpu(sample: Sample) -> Iterator[Row]:
    for core, ticks in sample.counters.cpu_ticks.items() if sample.counters else ():
        for mode, number in zip(CPU_MODES, ticks, strict=False):
            if mode not in _GUEST_MODES:
                yield f'cpu="{core}",mode="{mode}"', number / TICKS_PER_SECOND


def _guest(sample: Sample) -> Iterator[Row]:
    for core, ticks in sample.counters.cpu_ticks.items() if sample.counters else ():
        guests = dict(zip(CPU_MODES, ticks, strict=False))
        for guest, mode in zip(_GUEST_MODES, ("user", "nice"), strict=True):
            if guest in guests:
                yield f'cpu="{core}",mode="{mode}"', guests[guest] / TICKS_PER_SECOND


def _disks(read: Callable[[Disk], float | None]) -> _Rows:
    def rows(sample: Sample) -> Iterator[Row]:
        for disk in sample.disks or ():
            value = read(disk)
            if value is not None:
                yield (
                    labels(device=disk.device, fstype=disk.fstype, mountpoint=disk.mountpoint),
                    value,
                )

    return rows


def _devices(read: Callable[[BlockDevice], float]) -> _Rows:
    return lambda sample: (
        (label("device", one.name), read(one)) for one in sample.block_devices or ()
    )


def _interfaces(read: Callable[[Interface], int | None]) -> _Rows:
    def rows(sample: Sample) -> Iterator[Row]:
        for one in sample.network.interfaces if sample.network else ():
            value = read(one)
            if value is not None:
                yield label("device", one.name), value

    return rows


def _pressure(resource: str, read: Callable[[Pressure], float | None]) -> _Rows:
    def value(sample: Sample) -> float | None:
        told = (read(one) for one in sample.pressure or () if one.resource == resource)
        return next(told, None)

    return _one(value)


def _names(sample: Sample) -> Iterator[Row]:
    system = sample.system
    if system is not None and system.kernel:
        names = labels(
            machine=system.architecture,
            nodename=sample.hostname,
            release=system.kernel,
            sysname="Linux",
        )
        yield names, 1


def _distribution(sample: Sample) -> Iterator[Row]:
    if sample.system is not None and sample.system.name:
        yield label("pretty_name", sample.system.name), 1


def _failed_units(sample: Sample) -> Iterator[Row]:
    for unit in sample.units.failed if sample.units else ():
        yield labels(name=unit.name, state="failed"), 1


def _unit_states(sample: Sample) -> Iterator[Row]:
    if sample.units is not None:
        yield label("state", "failed"), len(sample.units.failed)


def _running(sample: Sample) -> int | None:
    return None if sample.units is None else int(sample.units.state == "running")


def _file_systems() -> Iterator[Family]:
    reads: tuple[tuple[str, str, Callable[[Disk], float | None]], ...] = (
        ("size_bytes", "Size of a file system.", lambda one: one.total_bytes),
        ("free_bytes", "Free bytes.", lambda one: one.total_bytes - one.used_bytes),
        ("avail_bytes", "Bytes that an ordinary user can write.", lambda one: one.free_bytes),
        ("files", "Inodes.", lambda one: one.inodes.total if one.inodes else None),
        (
            "files_free",
            "Free inodes.",
            lambda one: one.inodes.total - one.inodes.used if one.inodes else None,
        ),
        ("readonly", "Whether it is mounted read-only.", lambda one: int(one.read_only)),
    )
    for name, about, read in reads:
        yield Family(f"node_filesystem_{name}", "gauge", about, _disks(read))


def _block_devices() -> Iterator[Family]:
    reads: tuple[tuple[str, str, Callable[[BlockDevice], float]], ...] = (
        ("reads_completed_total", "Reads.", lambda one: one.reads_completed),
        ("reads_merged_total", "Reads that were merged.", lambda one: one.reads_merged),
        ("read_bytes_total", "Bytes read.", lambda one: one.read_bytes),
        ("read_time_seconds_total", "Time of all reads.", lambda one: one.read_seconds),
        ("writes_completed_total", "Writes.", lambda one: one.writes_completed),
        ("writes_merged_total", "Writes that were merged.", lambda one: one.writes_merged),
        ("written_bytes_total", "Bytes written.", lambda one: one.written_bytes),
        ("write_time_seconds_total", "Time of all writes.", lambda one: one.write_seconds),
        ("io_now", "Operations in progress.", lambda one: one.io_now),
        ("io_time_seconds_total", "Time with any operation.", lambda one: one.io_seconds),
        (
            "io_time_weighted_seconds_total",
            "Time of all operations together.",
            lambda one: one.weighted_io_seconds,
        ),
    )
    for name, about, read in reads:
        yield Family(f"node_disk_{name}", _kind(name), about, _devices(read))


def _network() -> Iterator[Family]:
    reads: tuple[tuple[str, Callable[[Interface], int | None]], ...] = (
        ("receive_bytes", lambda one: one.bytes_recv),
        ("receive_packets", lambda one: one.packets_recv),
        ("receive_errs", lambda one: one.errors_in),
        ("receive_drop", lambda one: one.drops_in),
        ("receive_fifo", lambda one: one.fifo_in),
        ("receive_frame", lambda one: one.frame_in),
        ("receive_compressed", lambda one: one.compressed_in),
        ("receive_multicast", lambda one: one.multicast_in),
        ("transmit_bytes", lambda one: one.bytes_sent),
        ("transmit_packets", lambda one: one.packets_sent),
        ("transmit_errs", lambda one: one.errors_out),
        ("transmit_drop", lambda one: one.drops_out),
        ("transmit_fifo", lambda one: one.fifo_out),
        ("transmit_colls", lambda one: one.collisions_out),
        ("transmit_carrier", lambda one: one.carrier_out),
        ("transmit_compressed", lambda one: one.compressed_out),
    )
    for name, read in reads:
        about = f"{name.replace('_', ' ').capitalize()}, as the kernel counts."
        yield Family(f"node_network_{name}_total", "counter", about, _interfaces(read))


def _stalls() -> Iterator[Family]:
    for resource in ("cpu", "io", "memory"):
        waiting = _pressure(resource, lambda one: one.some_seconds)
        about = f"Time in which any task waited for {resource}."
        yield Family(f"node_pressure_{resource}_waiting_seconds_total", "counter", about, waiting)
        if resource != "cpu":
            stalled = _pressure(resource, lambda one: one.full_seconds)
            about = f"Time in which all tasks waited for {resource}."
            name = f"node_pressure_{resource}_stalled_seconds_total"
            yield Family(name, "counter", about, stalled)


def _kind(name: str) -> str:
    return "counter" if name.endswith("_total") else "gauge"


def _single() -> Iterator[Family]:
    values: tuple[tuple[str, str, _Rows], ...] = (
        ("boot_time_seconds", "When the kernel was booted, by its own clock.", _one(_boot_time)),
        ("time_seconds", "The server's own clock.", _one(_time)),
        ("load1", "Load average over a minute.", _load(lambda load: load.one_minute)),
        ("load5", "Load average over five minutes.", _load(lambda load: load.five_minutes)),
        ("load15", "Load average over fifteen minutes.", _load(lambda load: load.fifteen_minutes)),
        ("cpu_seconds_total", "Time that each CPU spent in each mode.", _cpu),
        ("cpu_guest_seconds_total", "Time that each CPU spent in guests.", _guest),
        ("context_switches_total", "Context switches.", _kernel("ctxt")),
        ("intr_total", "Interrupts.", _kernel("intr")),
        ("forks_total", "Forks.", _kernel("processes")),
        ("procs_running", "Processes that could run.", _kernel("procs_running")),
        ("procs_blocked", "Processes that wait for a disk.", _kernel("procs_blocked")),
        ("uname_info", "The machine and its kernel.", _names),
        ("os_info", "The operating system.", _distribution),
        ("systemd_unit_state", "Units that have failed.", _failed_units),
        ("systemd_units", "How many units are in a state.", _unit_states),
        ("systemd_system_running", "Whether systemd says that all is well.", _one(_running)),
    )
    for name, about, rows in values:
        yield Family(f"node_{name}", _kind(name), about, rows)


FAMILIES = (*_single(), *_file_systems(), *_block_devices(), *_network(), *_stalls(), *SENSORS)
