"""What Prometheus scrapes: the newest state, read at the scrape; sizes in bytes, times in seconds.

Labels of a server are its id, its name and its masked URL. What a server does not
tell, and everything but ``monserv_server_up`` of one that is offline, is absent:
an old value would look like a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from monserv.clock import give_way
from monserv.model.footprint import Footprint
from monserv.model.sample import Disk, Interface, Sample
from monserv.model.snapshot import ServerView, Snapshot, Status
from monserv.wire.encoding import percent
from monserv.wire.families import SERVER, Row, family, gauge
from monserv.wire.own_metrics import Process, own_metrics

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def exposition(snapshot: Snapshot | None, process: Process) -> bytes:
    """Return everything in Prometheus' text format.

    Without a snapshot only what monserv says of itself, which costs nothing however many
    servers there are.
    """
    return generate_latest(_Own(process) if snapshot is None else _State(snapshot, process))


_Read = Callable[[Sample], float | None]
_Rows = Callable[[Sample], Iterable[Row]]


class _Own(Collector):
    """Says how monserv itself is."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def collect(self) -> Iterator[Metric]:
        yield from own_metrics(self._process)


class _State(Collector):
    """Reads a snapshot as metrics."""

    def __init__(self, snapshot: Snapshot, process: Process) -> None:
        self._views = tuple(snapshot.servers.values())
        self._process = process

    def collect(self) -> Iterator[Metric]:
        """Yield one metric after the other; a thousand servers must not keep others waiting."""
        for metric in self._metrics():
            yield metric
            give_way()

    def _metrics(self) -> Iterator[Metric]:
        yield from own_metrics(self._process)
        yield gauge(
            "server_up",
            "Whether the server answers: 1, or 0 while it is offline or paused.",
            ((_server(view), float(view.status is not Status.OFFLINE)) for view in self._views),
        )
        yield gauge(
            "alerts_active",
            "Alerts that are active.",
            self._alerts(),
            (*SERVER, "type", "severity"),
        )
        for name, about, read in _VALUES:
            yield gauge(f"server_{name}", about, self._rows(read))
        for name, about, labels, rows in _PARTS:
            kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield family(kind, f"server_{name}", about, self._parts(rows), (*SERVER, *labels))
        for name, about, read_cost in _COSTS:
            kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield family(kind, f"server_{name}", about, self._costs(read_cost), SERVER)

    def _alerts(self) -> Iterator[Row]:
        for view in self._views:
            counted = Counter((alert.type, alert.severity) for alert in view.alerts)
            for (kind, severity), number in counted.items():
                yield (*_server(view), str(kind), str(severity)), float(number)

    def _costs(self, read: Callable[[Footprint], float | None]) -> Iterator[Row]:
        for view in self._views:
            found = self._process.footprints.get(view.server.id)
            if found is not None:
                yield _server(view), read(found)

    def _samples(self) -> Iterator[tuple[tuple[str, ...], Sample]]:
        for view in self._views:
            if view.sample is not None and view.status is not Status.OFFLINE:
                yield _server(view), view.sample

    def _rows(self, read: _Read) -> Iterator[Row]:
        for labels, sample in self._samples():
            yield labels, read(sample)

    def _parts(self, rows: _Rows) -> Iterator[Row]:
        for labels, sample in self._samples():
            for own, value in rows(sample):
                yield (*labels, *own), value


def _server(view: ServerView) -> tuple[str, ...]:
    return view.server.id, view.server.name, view.server.url


def _disks(read: Callable[[Disk], float | None]) -> _Rows:
    return lambda sample: (
        ((disk.mountpoint, disk.device, disk.fstype), read(disk)) for disk in sample.disks or ()
    )


def _interfaces(read: Callable[[Interface], float]) -> _Rows:
    return lambda sample: (
        ((one.name,), read(one)) for one in (sample.network.interfaces if sample.network else ())
    )


# Name, what it is, and where it stands in a sample.
_VALUES: tuple[tuple[str, str, _Read], ...] = (
    (
        "last_sample_timestamp_seconds",
        "When the newest sample was taken.",
        lambda sample: sample.taken_at.timestamp(),
    ),
    ("uptime_seconds", "How long the server has been up.", lambda sample: sample.uptime_seconds),
    (
        "cpu_used_percent",
        "CPU in use since the sample before.",
        lambda sample: percent(sample.cpu.used_percent) if sample.cpu else None,
    ),
    (
        "cpu_cores",
        "CPUs that are online.",
        lambda sample: sample.cpu.cores if sample.cpu else None,
    ),
    (
        "memory_total_bytes",
        "Memory.",
        lambda sample: sample.memory.total_bytes if sample.memory else None,
    ),
    (
        "memory_used_bytes",
        "Memory that programs cannot have.",
        lambda sample: sample.memory.used_bytes if sample.memory else None,
    ),
    (
        "memory_free_bytes",
        "Memory that programs can still have.",
        lambda sample: sample.memory.free_bytes if sample.memory else None,
    ),
    (
        "memory_used_percent",
        "Memory in use.",
        lambda sample: percent(sample.memory.used_percent) if sample.memory else None,
    ),
    (
        "network_receive_bytes_per_second",
        "Bytes received a second, on hardware interfaces.",
        lambda sample: sample.network.bytes_recv_rate if sample.network else None,
    ),
    (
        "network_transmit_bytes_per_second",
        "Bytes sent a second, on hardware interfaces.",
        lambda sample: sample.network.bytes_sent_rate if sample.network else None,
    ),
    (
        "load1",
        "Load average over a minute.",
        lambda sample: sample.load.one_minute if sample.load else None,
    ),
    (
        "load5",
        "Load average over five minutes.",
        lambda sample: sample.load.five_minutes if sample.load else None,
    ),
    (
        "load15",
        "Load average over fifteen minutes.",
        lambda sample: sample.load.fifteen_minutes if sample.load else None,
    ),
)
_DISK = ("mountpoint", "device", "fstype")
_INTERFACE = ("interface",)
_PARTS: tuple[tuple[str, str, tuple[str, ...], _Rows], ...] = (
    ("disk_total_bytes", "Size of a file system.", _DISK, _disks(lambda disk: disk.total_bytes)),
    ("disk_used_bytes", "Bytes in use.", _DISK, _disks(lambda disk: disk.used_bytes)),
    (
        "disk_free_bytes",
        "Bytes that an ordinary user can still write.",
        _DISK,
        _disks(lambda disk: disk.free_bytes),
    ),
    (
        "disk_used_percent",
        "Used of used and free, as df means it.",
        _DISK,
        _disks(lambda disk: percent(disk.used_percent)),
    ),
    (
        "network_receive_bytes_total",
        "Bytes received since the server started.",
        _INTERFACE,
        _interfaces(lambda one: one.bytes_recv),
    ),
    (
        "network_transmit_bytes_total",
        "Bytes sent since the server started.",
        _INTERFACE,
        _interfaces(lambda one: one.bytes_sent),
    ),
)
_COSTS: tuple[tuple[str, str, Callable[[Footprint], float | None]], ...] = (
    ("probe_polls_total", "Polls of the server.", lambda found: found.polls),
    ("probe_sent_bytes_total", "Bytes that SSH sent to it.", lambda found: found.bytes_sent),
    (
        "probe_received_bytes_total",
        "Bytes that SSH received from it.",
        lambda found: found.bytes_received,
    ),
    (
        "probe_forks_total",
        "Processes that the probe made on it, told once a minute.",
        lambda found: found.forks,
    ),
    (
        "probe_cpu_seconds_total",
        "CPU time that polls took on it, sshd included, told once a minute.",
        lambda found: found.cpu_seconds,
    ),
    ("probe_logins_total", "Logins that it accepted.", lambda found: found.logins),
    ("probe_refused_logins_total", "Logins that it refused.", lambda found: found.refused_logins),
    (
        "probe_broken_connections_total",
        "Connections to it that ended without a login.",
        lambda found: found.broken_connections,
    ),
    (
        "probe_log_lines_total",
        "Lines that its sshd wrote because of us, without those of PAM.",
        lambda found: found.log_lines,
    ),
    (
        "probe_interval_seconds",
        "Seconds between polls, which a budget may stretch.",
        lambda found: found.interval_seconds,
    ),
)
