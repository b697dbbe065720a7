"""What monserv says of itself to Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from monserv.model.footprint import Footprint
from monserv.model.polls import LATENESS_SECONDS, Polls
from monserv.model.traffic import COMPRESSIONS, Traffic
from monserv.wire.families import Row, family, gauge


@dataclass(frozen=True, slots=True)
class Process:
    """What monserv says of itself.

    ``clients`` are by form, ``footprints`` by server, ``delivery_restarts`` by channel.
    """

    version: str
    clients: Mapping[str, int]
    polls: Polls
    is_database_well: bool
    traffic: Traffic = Traffic()  # noqa: RUF009 -- one frozen value serves all
    footprints: Mapping[str, Footprint] = field(default_factory=dict)
    delivery_restarts: Mapping[str, int] = field(default_factory=dict)


def own_metrics(process: Process) -> Iterator[Metric]:
    """Yield it, at a cost that no number of servers changes."""
    info = InfoMetricFamily("monserv_build", "The version of monserv.")
    info.add_metric((), {"version": process.version})
    yield info
    yield gauge(
        "clients",
        "WebSockets and event streams that are connected.",
        (((form,), float(number)) for form, number in process.clients.items()),
        ("form",),
    )
    yield from _websockets(process.traffic)
    outcomes = (("sampled", process.polls.sampled), ("missed", process.polls.missed))
    yield family(
        CounterMetricFamily,
        "polls_total",
        "Polls of servers since the start.",
        (((outcome,), float(number)) for outcome, number in outcomes),
        ("outcome",),
    )
    yield _lateness(process.polls)
    yield family(
        CounterMetricFamily,
        "delivery_restarts_total",
        "How often the thread of a channel of notifications died of a bug and began again.",
        (((channel,), float(number)) for channel, number in process.delivery_restarts.items()),
        ("channel",),
    )
    yield gauge(
        "database_up", "Whether the database works.", (((), float(process.is_database_well)),), ()
    )


def _websockets(traffic: Traffic) -> Iterator[Metric]:
    """Yield what became of WebSocket clients; all labels are words and codes of our own."""
    yield family(
        CounterMetricFamily,
        "websocket_closed_total",
        "WebSockets that were closed: why, and of violations the close code.",
        ((labels, float(count)) for labels, count in sorted(traffic.closed.items())),
        ("reason", "code"),
    )
    for name, about, count in (
        ("queued", "Frames that had to wait for a WebSocket's client.", traffic.queued),
        ("conflated", "Frames that a newer one made superfluous.", traffic.conflated),
    ):
        rows = (((), float(count)),)
        yield family(CounterMetricFamily, f"websocket_{name}_frames_total", about, rows, ())
    yield family(
        GaugeMetricFamily,
        "websocket_clients",
        "WebSockets that are connected.",
        _by_compression(traffic.clients),
        ("compression",),
    )
    yield family(
        CounterMetricFamily,
        "websocket_sent_bytes_total",
        "Bytes that the clients of WebSockets have confirmed.",
        _by_compression(traffic.sent_bytes),
        ("compression",),
    )


def _by_compression(counted: Mapping[str, int]) -> Iterator[Row]:
    for compression in COMPRESSIONS:
        yield (compression,), float(counted.get(compression, 0))


def _lateness(polls: Polls) -> Metric:
    """Return how late polls began; each bucket counts what the smaller ones do, too."""
    bounds = [*map(str, LATENESS_SECONDS), "+Inf"]
    histogram = HistogramMetricFamily(
        "monserv_poll_lateness_seconds", "How long after its slot a poll began."
    )
    buckets = list(zip(bounds, map(float, accumulate(polls.by_lateness)), strict=True))
    histogram.add_metric((), buckets, polls.late_seconds)
    return histogram
