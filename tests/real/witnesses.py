"""What this machine's own tools, and node_exporter, say of it, by node_exporter's names."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.ports import free_port
from tests.real.beside import labels, page
from tests.real.machines import wait_for_port

NETWORK_COLUMNS = {
    "receive": "bytes packets errs drop fifo frame compressed multicast",
    "transmit": "bytes packets errs drop fifo colls carrier compressed",
}


class NodeExporter:
    """Debian's ``prometheus-node-exporter`` with its default collectors."""

    def __init__(self, port: int) -> None:
        self._port = port

    def says(self) -> dict[str, float]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", "/metrics")
            found = page(connection.getresponse().read().decode())
        return found | dict(_derived(found))


def _derived(found: dict[str, float]) -> Iterator[tuple[str, float]]:
    """What node_exporter leaves to those who ask it."""
    (uname,) = (labels(name) for name in found if name.startswith("node_uname_info{"))
    yield f'node_uname_info{{nodename="{uname["nodename"]}"}}', 1.0
    yield (
        "node_memory_used_bytes",
        found["node_memory_MemTotal_bytes"] - found["node_memory_MemAvailable_bytes"],
    )
    parts = ("Cached", "Buffers", "SReclaimable")
    yield (
        "node_memory_cached_bytes",
        sum(found[f"node_memory_{part}_bytes"] for part in parts),
    )
    yield (
        "node_memory_swap_used_bytes",
        found["node_memory_SwapTotal_bytes"] - found["node_memory_SwapFree_bytes"],
    )
    yield "node_uptime_seconds", found["node_time_seconds"] - found["node_boot_time_seconds"]
    yield (
        "node_cpu_cores",
        len({labels(name)["cpu"] for name in found if name.startswith("node_cpu_seconds_total{")}),
    )
    for name, size in found.items():
        if name.startswith("node_filesystem_size_bytes{"):
            place = _mount(labels(name)["mountpoint"])
            rest = name.partition("{")[2]
            yield f"node_filesystem_size_bytes{place}", size
            yield (
                f"node_filesystem_avail_bytes{place}",
                found[f"node_filesystem_avail_bytes{{{rest}"],
            )
            free = found[f"node_filesystem_free_bytes{{{rest}"]
            yield f"node_filesystem_used_bytes{place}", size - free
            yield f"node_filesystem_readonly{place}", found[f"node_filesystem_readonly{{{rest}"]


def _mount(path: str) -> str:
    return f'{{mountpoint="{path}"}}'


@contextlib.contextmanager
def node_exporter(folder: Path) -> Iterator[NodeExporter]:
    port = free_port()
    command = ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"]
    with (folder / "node_exporter.log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        wait_for_port(port)
        yield NodeExporter(port)
    finally:
        process.kill()
        process.wait()


def this_machine() -> dict[str, float]:
    """Read /proc, and ask ``df`` and ``ps``."""
    said: dict[str, float] = {}
    for read in (_memory, _network, _load, _uptime, _disks, _processes):
        said.update(read())
    return said


def _memory() -> Iterator[tuple[str, float]]:
    sizes = {}
    for line in Path("/proc/meminfo").read_text().splitlines():
        name, value, *unit = line.replace(":", " ").split()
        sizes[name] = int(value) * (1024 if unit else 1)
    yield "node_memory_MemTotal_bytes", sizes["MemTotal"]
    yield "node_memory_MemAvailable_bytes", sizes["MemAvailable"]
    yield "node_memory_used_bytes", sizes["MemTotal"] - sizes["MemAvailable"]


def _network() -> Iterator[tuple[str, float]]:
    for line in Path("/proc/net/dev").read_text().splitlines()[2:]:
        device, _, numbers = line.partition(":")
        values = iter(numbers.split())
        for way, columns in NETWORK_COLUMNS.items():
            for column in columns.split():
                name = f'node_network_{way}_{column}_total{{device="{device.strip()}"}}'
                yield name, float(next(values))


def _load() -> Iterator[tuple[str, float]]:
    for minutes, word in zip((1, 5, 15), Path("/proc/loadavg").read_text().split(), strict=False):
        yield f"node_load{minutes}", float(word)


def _uptime() -> Iterator[tuple[str, float]]:
    yield "node_uptime_seconds", time.clock_gettime(time.CLOCK_BOOTTIME)
    yield "node_cpu_cores", float(os.sysconf("SC_NPROCESSORS_ONLN"))
    uname = os.uname()
    yield f'node_uname_info{{nodename="{uname.nodename}"}}', 1.0


def _disks() -> Iterator[tuple[str, float]]:
    told = subprocess.run(["df", "-kP"], capture_output=True, text=True, check=False).stdout
    for line in told.splitlines()[1:]:
        _, total, used, free, _, path = line.split(maxsplit=5)
        yield f"node_filesystem_size_bytes{_mount(path)}", int(total) * 1024
        yield f"node_filesystem_used_bytes{_mount(path)}", int(used) * 1024
        yield f"node_filesystem_avail_bytes{_mount(path)}", int(free) * 1024


def _processes() -> Iterator[tuple[str, float]]:
    command = ["ps", "-eo", "pid=,rss="]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in told.splitlines():
        pid, kilobytes = line.split()
        yield f'ps_rss_bytes{{pid="{pid}"}}', int(kilobytes) * 1024
