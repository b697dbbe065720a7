"""A runtime that starts nothing: the golden world, and what tests change about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monserv.clock import ManualClock
from monserv.dashboards import Dashboards
from monserv.model.channel import ChannelTest
from monserv.model.delivery import DeliveryPage, DeliveryQuery
from monserv.model.history import HistoryPage, HistoryQuery
from monserv.model.settings import Settings
from monserv.model.snapshot import Snapshot
from monserv.model.trend import TrendPoint
from monserv.stream.hub import Hub
from tests.golden import world


def settings(**changed: object) -> Settings:
    ordinary: dict[str, object] = {
        "data_dir": Path("/nowhere"),
        "database_url": "sqlite:////nowhere/monserv.db",
        "servers": (world.SCADANAS, world.MAIL, world.LOCAL),
        "allowed_hosts": ("localhost", "127.0.0.1", "::1"),
    }
    return Settings(**(ordinary | changed))  # type: ignore[arg-type]  # they are what a test names


class State:
    def __init__(self) -> None:
        self.now: Snapshot = world.SNAPSHOT

    def snapshot(self) -> Snapshot:
        return self.now


class Trends:
    def __init__(self) -> None:
        self.rings: Mapping[str, tuple[TrendPoint, ...]] = world.TRENDS

    def points(self, server_id: str) -> tuple[TrendPoint, ...]:
        return self.rings.get(server_id, ())


class Journal:
    """Answers every question with one page, and remembers the last question."""

    def __init__(self) -> None:
        self.asked: HistoryQuery | None = None
        self.error: Exception | None = None
        self.broken: str | None = None

    def history(self, query: HistoryQuery) -> HistoryPage:
        self.asked = query
        if self.error is not None:
            raise self.error
        return world.HISTORY

    def is_recorded(self, event_id: str) -> bool:
        return event_id != world.HOST_DOWN.event_id

    def problem(self) -> str | None:
        return self.broken


class Notifier:
    """Knows the golden world's channels; ``refusal`` is why none takes a test message."""

    def __init__(self) -> None:
        self.channels = world.CHANNELS
        self.asked: DeliveryQuery | None = None
        self.tried: list[str] = []
        self.refusal: str | None = None
        self.error: Exception | None = None

    def deliveries(self, query: DeliveryQuery) -> DeliveryPage:
        self.asked = query
        if self.error is not None:
            raise self.error
        return world.DELIVERIES

    def try_out(self, name: str) -> ChannelTest | None:
        if name not in {channel.name for channel in self.channels}:
            return None
        self.tried.append(name)
        return ChannelTest(name, self.refusal)


class Runtime:
    epoch = "e1"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = ManualClock()
        self.state = State()
        self.trends = Trends()
        self.journal = Journal()
        self.notifier = Notifier()
        self.hub = Hub(self.clock)
        self.dashboards = Dashboards(
            state=self.state,  # type: ignore[arg-type]  # a fake
            hub=self.hub,
            clock=self.clock,
            epoch=self.epoch,
            journal=lambda: self.journal,  # type: ignore[arg-type, return-value]  # a fake
        )
        self.wrong: tuple[str, ...] = ()

    def problems(self) -> tuple[str, ...]:
        return self.wrong
