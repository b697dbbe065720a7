"""Everything is started once, in order, and stopped in reverse, whatever happens on the way."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from gevent import monkey

from monserv.clock import SystemClock
from monserv.errors import StorageTimeout
from monserv.model.delivery import DeliveryQuery
from monserv.model.history import HistoryQuery
from monserv.model.rollup import RollupQuery
from monserv.model.server import Reach, Server
from monserv.model.settings import Settings
from monserv.runtime import Runtime
from tests.db.world import Place
from tests.waiting import eventually

native_sleep = monkey.get_original("time", "sleep")
LOCAL = Server("local", "this machine", Reach.LOCAL, "localhost", 22, "", "local://")


@pytest.fixture
def settings(place: Place) -> Settings:
    return Settings(place.path.parent, place.url, servers=(LOCAL,), poll_interval_seconds=1.0)


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    made = Runtime(settings, SystemClock())
    yield made
    made.stop(5)


def test_nothing_runs_before_the_start(runtime: Runtime) -> None:
    assert runtime.problems() == ("monserv has not been started",)
    assert runtime.greeting() is None


def test_a_started_runtime_is_ready_and_knows_its_server_soon(runtime: Runtime) -> None:
    runtime.start()
    runtime.start()
    assert runtime.problems() == ()
    assert eventually(lambda: runtime.greeting() is not None)
    greeting = json.loads(runtime.greeting() or b"")
    assert list(greeting["data"]) == ["local://"]


def test_a_stopped_runtime_says_so_and_stays_stopped(runtime: Runtime) -> None:
    runtime.start()
    runtime.stop(5)
    runtime.stop(5)
    runtime.start()
    assert "polling has been stopped" in runtime.problems()


def test_what_was_sampled_is_in_memory_and_after_the_stop_in_the_database(
    settings: Settings, runtime: Runtime
) -> None:
    runtime.start()
    assert eventually(lambda: runtime.greeting() is not None, 30)
    now = runtime.clock.now()
    query = RollupQuery(now - timedelta(minutes=5), now)
    found = runtime.history.query(LOCAL, query)
    assert (found.tier, found.samples[-1]) == ("memory", 1)
    assert found.metrics["memory_used_percent"].average[-1] is not None
    runtime.stop(5)
    with contextlib.closing(sqlite3.connect(settings.data_dir / "monserv.db")) as connection:
        known = "SELECT DISTINCT server_id, known_as FROM history_series JOIN history_points"
        assert connection.execute(f"{known} ON series = id").fetchall() == [("local", "local://")]


def test_clients_that_search_for_long_keep_no_revoked_token_alive(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("db.journal", "notify.notifier", "history.archive"):
        monkeypatch.setattr(f"monserv.{module}.READ_SECONDS", 0.2)
    runtime.start()
    steps: list[str] = []

    def search(_connection: object) -> None:
        steps.append("begun")
        while "enough" not in steps:
            native_sleep(0.01)

    searching = threading.Thread(target=runtime._database.browse, args=(30, search))
    searching.start()
    try:
        assert eventually(lambda: steps)
        now = runtime.clock.now()
        for ask in (
            lambda: runtime.journal.history(HistoryQuery()),
            lambda: runtime.notifier.deliveries(DeliveryQuery()),
            lambda: runtime.history.query(
                LOCAL, RollupQuery(now - timedelta(days=1), now - timedelta(hours=1))
            ),
        ):
            with pytest.raises(StorageTimeout):
                ask()
        # How tokens that are revoked beside this process, and log-ins, are known.
        runtime.accounts.refresh()
        assert runtime.journal.active_alerts() == ()
    finally:
        steps.append("enough")
        searching.join(30)


def test_each_start_has_an_epoch_of_its_own(settings: Settings) -> None:
    first, second = Runtime(settings, SystemClock()), Runtime(settings, SystemClock())
    assert first.epoch != second.epoch


def test_a_part_that_does_not_stop_leaves_the_others_to_stop(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_timeout_seconds: float) -> None:
        raise RuntimeError("on purpose")

    flushed = []
    stop_journal = runtime.journal.stop
    monkeypatch.setattr(runtime.hub, "stop", fail)
    monkeypatch.setattr(
        runtime.journal, "stop", lambda seconds: (flushed.append(seconds), stop_journal(seconds))
    )
    runtime.start()
    runtime.stop(5)
    assert len(flushed) == 1
    # A busy disk has a line of its own.
    said = [record.message for record in caplog.records if record.name == "monserv.runtime"]
    assert said == ["a part of monserv did not stop cleanly"]


def test_watching_goes_on_without_a_database_and_says_what_is_wrong(
    settings: Settings, runtime: Runtime
) -> None:
    path = settings.data_dir / "monserv.db"
    path.unlink()
    runtime.start()
    assert eventually(lambda: runtime.greeting() is not None)
    assert eventually(lambda: str(path) in " ".join(runtime.problems()))
