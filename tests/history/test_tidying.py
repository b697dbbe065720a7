"""What is too old goes, and so does what a server that is gone has left; nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from monserv.history import tidying
from monserv.model.rollup import Retention
from tests.db.world import Place
from tests.history.world import EPOCH, NAS, Monitor

Begin = Callable[..., Monitor]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COUNT = "SELECT tier, count(*) FROM history_blocks GROUP BY tier"


def spent(monitor: Monitor, days: float) -> None:
    """Let days pass with a poll each six hours."""
    for _ in range(round(days * 4)):
        monitor.poll(10.0)
        monitor.turn()
        monitor.clock.advance(6 * 3600 - monitor.interval_seconds)
    monitor.turn()


def test_each_tier_is_kept_for_as_long_as_it_is_set(begin: Begin, place: Place) -> None:
    monitor = begin(interval_seconds=60.0, retention=Retention(1.0, 2.0, 4.0))
    spent(monitor, 8)
    oldest = dict(place.ask("SELECT tier, min(block) FROM history_blocks GROUP BY tier"))
    now = monitor.clock.now().timestamp()
    ages = [(now - oldest[0] * 3600) / 86400, (now - oldest[1] * 43200) / 86400]
    ages.append((now - oldest[2] * 84 * 3600) / 86400)
    assert 1.0 <= ages[0] < 1.1
    assert 2.0 <= ages[1] < 2.6
    assert 4.0 <= ages[2] < 7.6


def test_a_tier_that_is_off_keeps_nothing_but_what_a_coarser_one_is_made_of(
    begin: Begin, place: Place
) -> None:
    monitor = begin(interval_seconds=60.0, retention=Retention(0.0, 0.0, 7.0))
    monitor.minutes([10.0] * 65)
    assert place.ask("SELECT count(*) FROM history_blocks") == [(0,)]
    assert dict(
        place.ask("SELECT tier, count(DISTINCT slot) FROM history_points GROUP BY tier")
    ) == {
        0: 5,
        2: 1,
    }
    found = monitor.ask(EPOCH, EPOCH + HOUR)
    assert (found.tier, list(found.samples)) == ("1h", [60])


def test_where_no_tier_is_kept_nothing_runs_and_memory_answers(begin: Begin, place: Place) -> None:
    monitor = begin(retention=Retention(0.0, 0.0, 0.0))
    monitor.keeper.start()
    assert (monitor.keeper._thread, monitor.keeper.is_well) == (None, True)
    monitor.poll(10.0)
    found = monitor.ask(EPOCH - DAY, monitor.clock.now())
    assert found.tier == "memory"


def test_a_server_that_is_watched_no_more_is_forgotten_after_a_week(
    begin: Begin, place: Place
) -> None:
    other = replace(NAS, id="other", host="10.0.0.4")
    monitor = begin(interval_seconds=60.0, servers=(NAS, other))
    for name in ("nas", "other"):
        monitor.poll(10.0, name=name)
    spent(monitor, 1)
    monitor.servers.remove(other)
    monitor.trends.forget("other")
    servers = "SELECT DISTINCT server_id FROM history_series ORDER BY 1"
    spent(monitor, 5)
    assert place.ask(servers) == [("nas",), ("other",)]
    spent(monitor, 5)
    assert place.ask(servers) == [("nas",)]
    orphans = "SELECT count(*) FROM {} WHERE series NOT IN (SELECT id FROM history_series)"
    assert place.ask(orphans.format("history_blocks")) == [(0,)]
    assert place.ask(orphans.format("history_points")) == [(0,)]
    assert monitor.ask(EPOCH, EPOCH + HOUR).metrics["cpu_used_percent"].average is not None


def test_a_server_that_is_offline_for_long_keeps_its_history(begin: Begin, place: Place) -> None:
    monitor = begin(interval_seconds=60.0)
    spent(monitor, 1)
    monitor.clock.advance(20 * 86400)
    monitor.turn()
    assert place.ask("SELECT DISTINCT server_id FROM history_series") == [("nas",)]
    assert monitor.cpu(EPOCH, EPOCH + DAY, step_seconds=3600) == [10.0, *[None] * 5] * 4


def test_while_not_all_servers_are_known_none_is_taken_for_gone(begin: Begin, place: Place) -> None:
    monitor = begin(interval_seconds=60.0)
    spent(monitor, 1)
    monitor.servers.clear()
    monitor.is_complete = False
    monitor.clock.advance(10 * 86400)
    monitor.turn()
    assert place.ask("SELECT DISTINCT server_id FROM history_series") == [("nas",)]


def test_another_server_with_the_same_id_has_a_history_of_its_own(begin: Begin) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([10.0] * 3)
    monitor.servers[0] = replace(NAS, host="10.0.0.99")
    monitor.trends.forget("nas")
    monitor.trends.watch("nas")
    monitor.minutes([20.0] * 2)
    found = monitor.cpu(EPOCH, EPOCH + 5 * MINUTE, step_seconds=60)
    assert found == [None, None, None, 20.0, 20.0]
    monitor.servers[0] = NAS
    monitor.trends.forget("nas")
    assert monitor.cpu(EPOCH, EPOCH + 3 * MINUTE, step_seconds=60) == [10.0] * 3


def test_what_is_deleted_at_once_is_little(
    begin: Begin, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "BLOCKS", 2)
    monitor = begin(interval_seconds=60.0, retention=Retention(0.3, 2.0, 7.0))
    spent(monitor, 2)
    # CPU, memory and a disk of the last poll.
    assert dict(place.ask(COUNT))[0] == 3
