"""A family of values as Prometheus scrapes them, under a name of monserv's own."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from monserv.wire.encoding import text

# The labels of a server: its id, its name and its masked URL.
SERVER = ("server", "name", "url")
# The labels' values, and the number; ``None`` is no row.
Row = tuple[tuple[str, ...], float | None]


def gauge(name: str, about: str, rows: Iterable[Row], labels: tuple[str, ...] = SERVER) -> Metric:
    """Return a family of values that go up and down, of servers unless ``labels`` say else."""
    return family(GaugeMetricFamily, name, about, rows, labels)


def family(
    kind: type[GaugeMetricFamily | CounterMetricFamily],
    name: str,
    about: str,
    rows: Iterable[Row],
    labels: tuple[str, ...],
) -> Metric:
    """Return a family; of two rows with the same labels the first, since a scrape fails else."""
    made = kind(f"monserv_{name}", about, labels=labels)
    seen = set()
    for values, value in rows:
        clean = tuple(text(each) for each in values)
        if value is not None and clean not in seen:
            seen.add(clean)
            made.add_metric(clean, value)
    return made
