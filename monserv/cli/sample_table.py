"""A sample as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from monserv.model.quality import Quality
from monserv.model.sample import Cpu, Disk, Memory, Network, Process, Sample

BAR_WIDTH = 20
NAME_WIDTH = 28
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_STEP = 1024
_FEW = 10


def lines(sample: Sample) -> Iterator[str]:
    """Yield the lines; what the server does not tell is left out, and named at the end."""
    yield _head(sample)
    if sample.cpu is not None:
        yield _row("CPU", sample.cpu.used_percent, _cpu(sample.cpu))
    if sample.memory is not None:
        yield from _memory(sample.memory)
    if sample.load is not None:
        load = sample.load
        averages = f"{load.one_minute:g}, {load.five_minutes:g}, {load.fifteen_minutes:g}"
        yield f"{'Load':<{NAME_WIDTH}} {averages} over 1, 5 and 15 minutes"
    if sample.network is not None:
        yield from _network(sample.network)
    yield from _listed("Disks", [_disk(disk) for disk in sample.disks or ()])
    top = sample.processes.top if sample.processes else ()
    yield from _listed("Largest processes, of the memory", [_process(one) for one in top])
    yield from _listed("Not known", [*_unknown(sample)])


def _listed(title: str, rows: list[str]) -> list[str]:
    return ["", title, *rows] if rows else []


def size(number: float) -> str:
    """Return bytes in the largest unit that they fill."""
    for unit in _UNITS:
        if number < _STEP or unit == _UNITS[-1]:
            break
        number /= _STEP
    return f"{number:.1f} {unit}" if number < _FEW and unit != "B" else f"{number:.0f} {unit}"


def _head(sample: Sample) -> str:
    system = sample.system
    about = [sample.hostname or "a server without a name"]
    if system is not None:
        kernel = f"Linux {system.kernel} {system.architecture}".strip() if system.kernel else ""
        about += filter(None, (system.name, kernel))
    return ", ".join([*about, f"up {_duration(sample.uptime_seconds)}"])


def _duration(seconds: int) -> str:
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _row(name: str, percent: float, about: str) -> str:
    filled = round(percent / 100 * BAR_WIDTH)
    bar = "#" * filled + "." * (BAR_WIDTH - filled)
    shown = name if len(name) <= NAME_WIDTH else f"{name[: NAME_WIDTH - 1]}…"
    return f"{shown:<{NAME_WIDTH}} {percent:5.1f} % [{bar}] {about}".rstrip()


def _cpu(cpu: Cpu) -> str:
    cores = f"{cpu.cores} core{'' if cpu.cores == 1 else 's'}"
    return f"{cores}, {cpu.model_name}" if cpu.model_name else cores


def _memory(memory: Memory) -> Iterator[str]:
    about = f"{size(memory.used_bytes)} of {size(memory.total_bytes)}"
    yield _row("Memory", memory.used_percent, about)
    total, used = memory.swap_total_bytes, memory.swap_used_bytes
    if total and used is not None:
        yield _row("Swap", 100.0 * used / total, f"{size(used)} of {size(total)}")


def _disk(disk: Disk) -> str:
    about = f"{size(disk.free_bytes)} free of {size(disk.total_bytes)}, {disk.fstype}"
    return _row(disk.mountpoint, disk.used_percent, about + (", read-only" * disk.read_only))


def _network(network: Network) -> Iterator[str]:
    received, sent = network.bytes_recv_rate, network.bytes_sent_rate
    if received is not None and sent is not None:
        yield f"{'Network':<{NAME_WIDTH}} {size(received)}/s in, {size(sent)}/s out"


def _process(process: Process) -> str:
    name = f"{process.name} ({process.pid})"
    return _row(name, process.percent_ram, f"{size(process.rss_bytes)}, {process.username}")


def _unknown(sample: Sample) -> Iterator[str]:
    yield from sample.problems
    for group, state in sample.quality.items():
        if state.quality is not Quality.OK:
            fix = f" ({state.fix})" if state.fix else ""
            yield f"{group.replace('_', ' ')}: {state.reason or state.quality}{fix}"
