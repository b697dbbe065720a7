"""The composition root: builds every long-lived object, starts and stops them in order."""

from __future__ import annotations

import logging
import secrets
import threading
import uuid
from collections.abc import Mapping

from monserv import __version__, capacity
from monserv.accounts.service import Accounts
from monserv.alerts.engine import Engine
from monserv.broadcast import Broadcaster
from monserv.clock import Clock, SystemClock
from monserv.dashboards import Dashboards
from monserv.db import vault
from monserv.db.engine import Database
from monserv.db.journal import Journal
from monserv.db.servers import ServerStore
from monserv.db.vault import Vault
from monserv.deltas import Deltas, Items
from monserv.errors import StorageError
from monserv.history.archive import Archive
from monserv.history.keeper import Keeper
from monserv.imports.importer import Importer
from monserv.inventory.service import Inventory
from monserv.model.alert import Transition
from monserv.model.footprint import Footprint
from monserv.model.polls import Polls
from monserv.model.server import Server
from monserv.model.settings import Settings
from monserv.notify.notifier import Notifier
from monserv.pipeline import Pipeline, announcer
from monserv.poll.fleet import Fleet
from monserv.poll.trials import Trials
from monserv.series.trends import Trends
from monserv.settings.servers import this_user
from monserv.ssh.opener import Opener
from monserv.sshconfig.book import Book
from monserv.state import State
from monserv.stream.client import EVERYTHING, View
from monserv.stream.hub import Hub
from monserv.stream.v2 import Ledger
from monserv.trust import Trust
from monserv.wire.pasts import Pasts

log = logging.getLogger(__name__)


class Runtime:
    """Everything that lives as long as the process; the web reads it, nothing else does.

    ``epoch`` is new at each start.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.epoch = secrets.token_hex(4)
        self.started_at = clock.now()
        interval_seconds = settings.poll_interval_seconds
        # The newest truth, and the programs that are told of it.
        self.state = State((), self.started_at)
        self.trends = Trends((), interval_seconds)
        items = Items(self.state)
        self.hub = self._build_hub(items)
        self.deltas = Deltas(self.state, items, self.hub, clock)
        self.dashboards = self._build_dashboards()
        # What is written down, and the people who are told.
        self._database = Database(settings.database_url)
        self.notifier = Notifier(
            settings, self._database, clock, lambda: self.journal.problem() is not None
        )
        self.journal = self._build_journal()
        self.accounts = Accounts(self._database, self.hub.drop, clock, settings)
        self._engine = Engine((), settings.thresholds, lambda: uuid.uuid4().hex)
        self._pipeline = self._build_pipeline()
        self.records = self._pipeline.records
        self.pasts = Pasts()
        self._broadcaster = Broadcaster(self._pipeline, clock, interval_seconds)
        # Where samples come from, and which servers there are.
        self._opener = self._build_opener()
        self._fleet = self._build_fleet()
        self.trials = Trials(self._opener, clock, self._fleet.limit, self._fleet.courtesy)
        self.trust = Trust(self._opener, self._fleet, self._watched)
        self.inventory = self._build_inventory()
        self.importer = Importer()
        # What becomes of samples in the long run.
        database, history = self._database, settings.history
        self.history = Archive(database, self.trends, clock, history, interval_seconds)
        self._keeper = self._build_keeper()
        self._lock = threading.Lock()
        self._started = False
        self._stopped = False

    def _build_hub(self, items: Items) -> Hub:
        return Hub(
            self.clock,
            capacity.streams(capacity.open_files(), len(self.settings.servers)),
            ledger=Ledger(self.epoch),
            load=items.all,
            interval_seconds=self.settings.poll_interval_seconds,
            version=__version__,
        )

    def _build_dashboards(self) -> Dashboards:
        return Dashboards(
            state=self.state,
            hub=self.hub,
            clock=self.clock,
            epoch=self.epoch,
            # It announces what dashboards show, and so is built after them.
            journal=lambda: self.journal,
        )

    def _build_journal(self) -> Journal:
        announce = announcer(self.hub, self.state, self.deltas, self.dashboards, self.notifier.take)
        return Journal(self._database, announce, self.clock, self.notifier.names)

    def _build_pipeline(self) -> Pipeline:
        return Pipeline(
            state=self.state,
            trends=self.trends,
            engine=self._engine,
            journal=self.journal,
            hub=self.hub,
            deltas=self.deltas,
            dashboards=self.dashboards,
            clock=self.clock,
        )

    def _build_opener(self) -> Opener:
        settings = self.settings
        return Opener(
            settings.data_dir,
            self.clock,
            Book(settings.ssh_config, self.clock, this_user()),
            known_hosts=settings.known_hosts,
            is_strict=settings.strict_host_keys,
        )

    def _build_fleet(self) -> Fleet:
        settings = self.settings
        return Fleet(
            self._opener,
            self.clock,
            self._pipeline.ingest,
            settings.poll_interval_seconds,
            with_command_lines=settings.command_lines,
            budget_percent=settings.cpu_budget_percent,
        )

    def _build_inventory(self) -> Inventory:
        settings = self.settings
        return Inventory(
            settings.servers,
            store=ServerStore(self._database, Vault(settings.data_dir / vault.FILE)),
            pipeline=self._pipeline,
            fleet=self._fleet,
            key_problem=self._opener.key_problem,
            clock=self.clock,
        )

    def _build_keeper(self) -> Keeper:
        return Keeper(
            self._database,
            self.trends,
            self.clock,
            self.settings.history,
            servers=self._with_history,
            is_complete=lambda: self.inventory.is_complete,
        )

    def start(self) -> None:
        """Start everything, once; alerts of an earlier process come back first."""
        with self._lock:
            if self._started:
                return
            self._started = True
            self.hub.start()
            self.deltas.start()
            servers = self.inventory.read()
            for server in servers:
                self._pipeline.watch(server)
            orphans = self._restore_alerts()
            # Before anything is announced, so that what was told already is known.
            self.notifier.start()
            self.journal.start()
            self.journal.record(orphans)
            self.accounts.start()
            self._broadcaster.start()
            self._fleet.start(servers)
            self._keeper.start()
            self.inventory.begin()

    def stop(self, timeout_seconds: float) -> None:
        """Stop everything in reverse, once, within ``timeout_seconds``.

        A part that fails or is late does not keep the others from stopping.
        """
        with self._lock:
            if self._stopped or not self._started:
                return
            self._stopped = True
            give_up_at = self.clock.monotonic() + timeout_seconds
            for stop in (
                self.inventory.stop,
                self._fleet.stop,
                self._broadcaster.stop,
                self.deltas.stop,
                self._keeper.stop,
                self.hub.stop,
                self.accounts.stop,
                self.journal.stop,
                self.notifier.stop,
                self._database.close,
            ):
                # The first ones may use half of what is left, so that the
                # database is always flushed.
                left = max(0.1, give_up_at - self.clock.monotonic())
                try:
                    stop(left / 2)
                except Exception:
                    log.exception("a part of monserv did not stop cleanly")
            self.importer.stop()
            self._opener.stop()

    def greeting(self, view: View = EVERYTHING) -> bytes | None:
        """Return what a new WebSocket client gets at once, or ``None`` before any sample."""
        return self._pipeline.state_message(view, is_spared=True)

    def footprints(self) -> Mapping[str, Footprint]:
        """Return what watching each server costs it, by its id."""
        return self._fleet.footprints()

    def polls(self) -> Polls:
        """Return how many polls there were."""
        return self._pipeline.polls.counted()

    def problems(self) -> tuple[str, ...]:
        """Return why the process is not ready, a sentence each; nothing when it is."""
        if not self._started:
            return ("monserv has not been started",)
        found = [*self._fleet.problems(), *self.notifier.problems()]
        storage = self.journal.problem()
        if storage is not None:
            found.append(storage)
        if not self._broadcaster.is_alive:
            found.append("the broadcast thread has died")
        if not self.hub.is_well:
            found.append("the keep-alive thread has died")
        if not self.deltas.is_alive:
            found.append("the deltas thread has died")
        if not self._keeper.is_well:
            found.append("the history thread has died")
        if not self.accounts.is_alive:
            found.append("the accounts thread has died")
        return tuple(found)

    def _watched(self) -> list[Server]:
        return [view.server for view in self.state.snapshot().servers.values()]

    def _with_history(self) -> list[Server]:
        """Return the servers whose history is kept: those that may come back, too."""
        return [*self._watched(), *self.inventory.leaving()]

    def _restore_alerts(self) -> tuple[Transition, ...]:
        """Take over what an earlier process left open; return the end of what nobody watches."""
        everybody = None if self.inventory.is_complete else self.state.snapshot().servers
        try:
            return self._pipeline.restore(everybody)
        except StorageError as error:
            log.error("alerts of an earlier run could not be read: %s", error)  # noqa: TRY400 -- one line, no traceback
            return ()


def build(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Return a runtime that has started nothing."""
    return Runtime(settings, clock or SystemClock())
