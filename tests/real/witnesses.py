"""What this machine's own tools, and node_exporter, say of it, by node_exporter's names."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.ports import free_port
from tests.real.beside import page
from tests.real.machines import wait_for_port

NETWORK_COLUMNS = {
    "receive": "bytes packets errs drop fifo frame compressed multicast",
    "transmit": "bytes packets errs drop fifo colls carrier compressed",
}
CPU_MODES = "user nice system idle iowait irq softirq steal"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class NodeExporter:
    """Debian's ``prometheus-node-exporter``."""

    def __init__(self, port: int) -> None:
        self._port = port

    def says(self) -> dict[str, float]:
        return page(self.text())

    def text(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()


@contextlib.contextmanager
def node_exporter(
    log: Path = Path(os.devnull), *, prefix: Sequence[str] = (), options: Sequence[str] = ()
) -> Iterator[NodeExporter]:
    """Run it, through the command ``prefix`` if one is given."""
    port = free_port()
    command = [*prefix, "prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"]
    with log.open("wb") as said:
        process = subprocess.Popen([*command, *options], stderr=said)
    try:
        wait_for_port(port)
        yield NodeExporter(port)
    finally:
        process.kill()
        process.wait()


def this_machine() -> dict[str, float]:
    """Read /proc, and ask ``df``, ``ps`` and the kernel."""
    said: dict[str, float] = {}
    for read in (_memory, _cpu, _network, _load, _itself, _disks, _inodes, _processes):
        said.update(read())
    return said


def _memory() -> Iterator[tuple[str, float]]:
    for line in Path("/proc/meminfo").read_text().splitlines():
        name, value, *unit = line.replace(":", " ").split()
        spelled = name.replace("(", "_").replace(")", "")
        if unit:
            yield f"node_memory_{spelled}_bytes", int(value) * 1024
        else:
            yield f"node_memory_{spelled}", int(value)


def _cpu() -> Iterator[tuple[str, float]]:
    for line in Path("/proc/stat").read_text().splitlines():
        name, *numbers = line.split()
        if name.startswith("cpu") and name != "cpu":
            for mode, ticks in zip(CPU_MODES.split(), numbers, strict=False):
                labels = f'cpu="{name[3:]}",mode="{mode}"'
                yield f"node_cpu_seconds_total{{{labels}}}", int(ticks) / TICKS_PER_SECOND


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


def _itself() -> Iterator[tuple[str, float]]:
    uname = os.uname()
    yield f'node_uname_info{{nodename="{uname.nodename}"}}', 1
    yield f'node_uname_info{{release="{uname.release}"}}', 1
    yield "node_time_seconds", time.time()


def _disks() -> Iterator[tuple[str, float]]:
    for device, total, used, free, _, path in _df("-kP"):
        labels = _labels(device, path)
        yield f"node_filesystem_size_bytes{labels}", int(total) * 1024
        yield f"node_filesystem_free_bytes{labels}", (int(total) - int(used)) * 1024
        yield f"node_filesystem_avail_bytes{labels}", int(free) * 1024


def _inodes() -> Iterator[tuple[str, float]]:
    for device, total, _, free, _, path in _df("-iP"):
        yield f"node_filesystem_files{_labels(device, path)}", int(total)
        yield f"node_filesystem_files_free{_labels(device, path)}", int(free)


def _df(option: str) -> Iterator[list[str]]:
    told = subprocess.run(["df", option], capture_output=True, text=True, check=False).stdout
    yield from (line.split(maxsplit=5) for line in told.splitlines()[1:])


def _labels(device: str, path: str) -> str:
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    fstype = next((kind for _, place, kind, *_ in mounts if place == path), "")
    return f'{{device="{device}",fstype="{fstype}",mountpoint="{path}"}}'


def _processes() -> Iterator[tuple[str, float]]:
    command = ["ps", "-eo", "pid=,rss="]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in told.splitlines():
        pid, kilobytes = line.split()
        # Whoever is ending has none any more, which says nothing of what it had.
        if kilobytes != "0":
            yield f'ps_rss_bytes{{pid="{pid}"}}', int(kilobytes) * 1024
