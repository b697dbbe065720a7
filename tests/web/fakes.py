"""A runtime that starts nothing: the golden world, and what tests change about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from monserv.accounts.set_up import SetUp
from monserv.clock import Clock, ManualClock
from monserv.dashboards import Dashboards
from monserv.db.servers import Stored
from monserv.deltas import Deltas, Items
from monserv.errors import StorageError, TrialsBusy
from monserv.imports.importer import Importer
from monserv.inventory.service import Inventory
from monserv.model.access import Access
from monserv.model.channel import ChannelTest
from monserv.model.delivery import DeliveryPage, DeliveryQuery
from monserv.model.directory import Directory, Grant
from monserv.model.footprint import Footprint
from monserv.model.history import HistoryPage, HistoryQuery
from monserv.model.host_key import HostKeyReport, KeyState
from monserv.model.polls import Polls
from monserv.model.rollup import RollupQuery, Rollups
from monserv.model.secret import Secret
from monserv.model.server import Server
from monserv.model.settings import Settings
from monserv.model.snapshot import ServerView, Snapshot
from monserv.model.telling import Telling
from monserv.model.trend import Past, TrendPoint
from monserv.model.trial import Trial
from monserv.poll.attended import Attended, Hear
from monserv.stream.client import View
from monserv.stream.hub import Hub
from monserv.wire import legacy
from monserv.wire.fragments import Fragments
from monserv.wire.pasts import Pasts
from tests.golden import world


def settings(**changed: object) -> Settings:
    ordinary: dict[str, object] = {
        "data_dir": Path("/nowhere"),
        "database_url": "sqlite:////nowhere/monserv.db",
        "servers": (world.SCADANAS, world.MAIL, world.LOCAL),
        "allowed_hosts": ("localhost", "127.0.0.1", "::1"),
        # Their clock stands still, and some tests ask without end.
        "requests_per_second": 0.0,
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

    def past(self, server_id: str, _mark: object = None) -> Past:
        points = self.points(server_id)
        return Past((0, 0), len(points), points)


class History:
    """Answers every question with the golden world's history, and remembers the last question."""

    def __init__(self) -> None:
        self.asked: tuple[Server, RollupQuery] | None = None
        self.error: Exception | None = None

    def query(self, server: Server, query: RollupQuery) -> Rollups:
        self.asked = server, query
        if self.error is not None:
            raise self.error
        return world.ROLLUPS


class Journal:
    """Answers every question with one page, and remembers the last question."""

    def __init__(self) -> None:
        self.asked: HistoryQuery | None = None
        self.error: Exception | None = None
        self.broken: str | None = None
        self.revision = 0

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
        self.telling = Telling()
        self.asked: DeliveryQuery | None = None
        self.tried: list[str] = []
        self.refusal: str | None = None
        self.error: Exception | None = None

    def deliveries(self, query: DeliveryQuery) -> DeliveryPage:
        self.asked = query
        if self.error is not None:
            raise self.error
        return world.DELIVERIES

    def change(self, change: Callable[[Telling], Telling]) -> Telling:
        if self.error is not None:
            raise self.error
        self.telling = change(self.telling)
        return self.telling

    def restarts(self) -> dict[str, int]:
        return {channel.name: 0 for channel in self.channels}

    def try_out(self, name: str) -> ChannelTest | None:
        if name not in {channel.name for channel in self.channels}:
            return None
        self.tried.append(name)
        return ChannelTest(name, self.refusal)


class Store:
    """What an inventory has stored; with an ``error`` it takes nothing."""

    def __init__(self) -> None:
        self.error: StorageError | None = None
        self.taken: list[tuple[str, object]] = []

    def load_alone(self) -> Stored:
        return Stored((world.ARCHIVE,), frozenset(), is_new=False)

    def __getattr__(self, verb: str) -> Callable[..., None]:
        def take(subject: object, *_: object, **_how: object) -> None:
            if self.error is not None:
                raise self.error
            self.taken.append((verb, subject))

        return take


class Pipeline:
    """Shows in ``state`` what is watched."""

    def __init__(self, state: State) -> None:
        self._state = state

    def watch(self, server: Server) -> None:
        views = dict(self._state.now.servers)
        before = views.get(server.id) or world.SNAPSHOT.servers["local"]
        views[server.id] = replace(before, server=server)
        self._state.now = Snapshot(self._state.now.version + 1, views)

    def hide(self, server_id: str) -> ServerView | None:
        view = self._state.now.servers.get(server_id)
        self.forget(server_id)
        return view

    def put_back(self, view: ServerView) -> None:
        self.watch(view.server)

    def forget(self, server_id: str) -> None:
        views = {name: one for name, one in self._state.now.servers.items() if name != server_id}
        self._state.now = Snapshot(self._state.now.version + 1, views)


class Fleet:
    def watch(self, server: Server) -> None: ...

    def forget(self, server_id: str) -> None: ...


class Trials:
    """Passes, unless it is too busy; remembers what it was asked to try."""

    def __init__(self) -> None:
        self.tried: list[Server] = []
        self.vouched: list[str] = []
        self.is_busy = False

    def run(self, server: Server, vouched: str = "") -> Trial:
        if self.is_busy:
            raise TrialsBusy("3 connections are being tried; try again in a moment")
        self.tried.append(server)
        self.vouched.append(vouched)
        return world.TRIAL

    def attend(self, server: Server, vouched: str = "") -> Attended:
        tried = self.run(server, vouched)

        def work(hear: Hear, _hold: object) -> Trial:
            for step in tried.steps:
                hear(step, tried.host_key)
            return tried

        return Attended(work, lambda: None)


class Trust:
    """Knows the golden world's changed key; ``error`` is why nothing goes."""

    def __init__(self) -> None:
        self.report = world.HOST_KEY
        self.error: Exception | None = None
        self.asked: list[tuple[str, ...]] = []

    def _asked(self, *words: str) -> None:
        self.asked.append(words)
        if self.error is not None:
            raise self.error

    def show(self, server: Server) -> HostKeyReport:
        self._asked("show", server.id)
        return self.report

    def accept(self, server: Server, fingerprint: str, access: Access) -> HostKeyReport:
        self._asked("accept", server.id, fingerprint, access.name)
        return replace(self.report, state=KeyState.KNOWN, offered=None, explanation="")

    def vouch(self, server: Server, fingerprint: str, access: Access) -> None:
        self._asked("vouch", server.url, fingerprint, access.name)

    def retry(self, server: Server) -> None:
        self._asked("retry", server.id)


class NoAccounts:
    """Nobody has an account, and no credential opens anything."""

    ignorance: str | None = None
    signing_key = bytes(32)

    def __init__(self) -> None:
        self.set_up = SetUp(ManualClock())
        self.directory = Directory()

    def grant(self, _credential: Secret) -> Grant | None:
        return None


class HearingHub(Hub):
    """The hub, which also remembers what was pushed to its clients."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.events: list[bytes] = []
        self.is_for: Callable[[View], bool] = lambda _view: False

    def publish_event(self, payload: bytes, is_for: Callable[[View], bool]) -> None:
        self.events.append(payload)
        self.is_for = is_for
        super().publish_event(payload, is_for)


class Runtime:
    epoch = "e1"

    def __init__(self, settings: Settings, accounts: object = None) -> None:
        self.settings = settings
        self.accounts = accounts or NoAccounts()
        self.clock = ManualClock()
        self.state = State()
        self.trends = Trends()
        self.history = History()
        self.journal = Journal()
        self.notifier = Notifier()
        self.hub = HearingHub(self.clock)
        self.dashboards = Dashboards(
            state=self.state,  # type: ignore[arg-type]  # a fake
            hub=self.hub,
            clock=self.clock,
            epoch=self.epoch,
            journal=lambda: self.journal,  # type: ignore[arg-type, return-value]  # a fake
        )
        self.records = Fragments(legacy.server)
        self.pasts = Pasts()
        self.deltas = Deltas(self.state, Items(self.state), self.hub, self.clock)  # type: ignore[arg-type]  # a fake
        self.polled = Polls(41, 2)
        self.costs: Mapping[str, Footprint] = {"scadanas": world.FOOTPRINT}
        self.wrong: tuple[str, ...] = ()
        self.store = Store()
        self.trials = Trials()
        self.trust = Trust()
        self.unusable_key: str | None = None
        self.inventory = Inventory(
            settings.servers,
            store=self.store,  # type: ignore[arg-type]  # these are fakes
            pipeline=Pipeline(self.state),  # type: ignore[arg-type]  # as above
            fleet=Fleet(),  # type: ignore[arg-type]  # as above
            key_problem=lambda server: self.unusable_key,
            clock=self.clock,
        )
        self.inventory.read()
        self.importer = Importer()

    def greeting(self, _view: frozenset[str]) -> bytes | None:
        return b'{"type":"metrics_update","data":{}}'

    def footprints(self) -> Mapping[str, Footprint]:
        return self.costs

    def polls(self) -> Polls:
        return self.polled

    def problems(self) -> tuple[str, ...]:
        return self.wrong
