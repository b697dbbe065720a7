"""What is done with a sample, without whoever is told of it.

Alert rules, state, deltas and trends are the product's own. The journal, the hub and the
dashboards are where a disk and sockets begin, and take nothing here.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from monserv.alerts.engine import Engine
from monserv.clock import Clock
from monserv.deltas import Deltas, Items
from monserv.model.alert import Transition
from monserv.model.poll import Polled
from monserv.model.sample import Sample
from monserv.model.server import Reach, Server
from monserv.model.settings import Thresholds
from monserv.pipeline import Pipeline
from monserv.series.trends import Trends
from monserv.state import State
from monserv.stream.client import EVERYTHING, View


class _Hub:
    """Has one client, who sees everything and follows nothing."""

    channel = SimpleNamespace(is_awake=False)

    def views(self) -> tuple[View, ...]:
        return (EVERYTHING,)

    def publish_state(self, _payload: bytes, _view: View) -> None:
        pass


class _Journal:
    """Writes nothing down."""

    def record(self, _transitions: Sequence[Transition]) -> None:
        pass

    def settle(self, _timeout_seconds: float) -> bool:
        return True


class Ingest:
    """The pipeline of so many servers, which take what it does by turns."""

    def __init__(self, servers: int, interval_seconds: float, clock: Clock) -> None:
        self._ids = [f"server-{index}" for index in range(servers)]
        watched = [_server(one) for one in self._ids]
        state, hub = State(watched, clock.now()), _Hub()
        parts: dict[str, Any] = {
            "state": state,
            "trends": Trends(watched, interval_seconds),
            "engine": Engine(watched, Thresholds(), map(str, itertools.count()).__next__),
            "journal": _Journal(),
            "hub": hub,
            "deltas": Deltas(state, Items(state), hub, clock),  # type: ignore[arg-type]  # a stand-in
            "dashboards": SimpleNamespace(publish=lambda: None),
            "clock": clock,
        }
        self._pipeline = Pipeline(**parts)

    def take(self, index: int, sample: Sample) -> float:
        """Take in a sample; return the microseconds of CPU that it took."""
        began_at = time.thread_time_ns()
        self._pipeline.ingest(Polled(self._ids[index], sample.taken_at, sample))
        return (time.thread_time_ns() - began_at) / 1000

    def tell(self) -> float:
        """Make the state message; return the microseconds of CPU that it took for each server."""
        began_at = time.thread_time_ns()
        self._pipeline.broadcast()
        return (time.thread_time_ns() - began_at) / 1000 / len(self._ids)


def _server(name: str) -> Server:
    return Server(name, name, Reach.SSH, name, 22, "monitor", f"ssh://monitor:***@{name}")
