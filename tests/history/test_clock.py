"""A clock that is set spoils little, and deletes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from monserv.model.rollup import Retention
from tests.db.world import Place
from tests.history.world import EPOCH, Monitor

Begin = Callable[..., Monitor]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def put(monitor: Monitor, change: timedelta) -> None:
    """Set the clock; time itself goes on as before."""
    monitor.clock._now += change


def test_minutes_that_come_again_are_those_of_the_second_time(begin: Begin) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([1.0] * 30)
    put(monitor, -20 * MINUTE)
    monitor.minutes([50.0] * 25)
    found = monitor.cpu(EPOCH, EPOCH + 35 * MINUTE, step_seconds=60)
    # Memory still knows both times of the last fifteen minutes before.
    assert found[:10] == [1.0] * 10
    assert all(one is not None and 1.0 < one <= 50.0 for one in found[10:30])
    assert found[30:35] == [50.0] * 5


def test_hours_that_come_again_after_they_were_packed_are_those_of_the_second_time(
    begin: Begin,
) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([1.0] * 130)
    put(monitor, -130 * MINUTE)
    monitor.minutes([50.0] * 65)
    monitor.clock.advance(3600)
    found = monitor.cpu(EPOCH, EPOCH + 125 * MINUTE, step_seconds=60)
    assert found[:60] == [50.0] * 60
    assert found[66:120] == [1.0] * 54
    assert monitor.cpu(EPOCH, EPOCH + HOUR, step_seconds=3600) == [50.0]


def test_a_leap_of_a_year_and_back_deletes_nothing_and_leaves_nothing(
    begin: Begin, place: Place
) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([1.0] * 70)
    put(monitor, 365 * DAY)
    monitor.minutes([99.0] * 5)
    put(monitor, -365 * DAY)
    monitor.minutes([2.0] * 12)
    assert monitor.cpu(EPOCH, EPOCH + 70 * MINUTE, step_seconds=60) == [1.0] * 70
    year = int((EPOCH + 365 * DAY).timestamp()) // 60
    assert place.ask(f"SELECT * FROM history_points WHERE tier = 0 AND slot >= {year}") == []


def test_a_suspended_machine_leaves_a_gap_and_no_storm(begin: Begin, place: Place) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([1.0] * 3)
    put(monitor, 5 * HOUR)
    monitor.minutes([3.0] * 2)
    start = EPOCH + 5 * HOUR
    assert monitor.cpu(start, start + 5 * MINUTE, step_seconds=60) == [None] * 3 + [3.0] * 2
    assert place.ask("SELECT count(DISTINCT slot) FROM history_points WHERE tier = 0") == [(2,)]


def test_an_hour_that_a_summer_time_clock_skips_is_there(begin: Begin) -> None:
    begun = EPOCH.replace(month=3, day=29)
    monitor = begin(at=begun, interval_seconds=60.0)
    monitor.minutes([1.0] * 121)
    assert monitor.cpu(begun, begun + 2 * HOUR, step_seconds=3600) == [1.0, 1.0]


def test_a_leap_forward_deletes_only_once_the_clock_has_held(begin: Begin) -> None:
    monitor = begin(interval_seconds=60.0, retention=Retention(1.0, 1.0, 1.0))
    monitor.minutes([1.0] * 61)
    put(monitor, 10 * DAY)
    monitor.minutes([2.0] * 5)
    found = monitor.database.read(
        5,
        lambda connection: connection.exec_driver_sql(
            "SELECT count(*) FROM history_blocks"
        ).scalar_one(),
    )
    assert found > 0
    monitor.minutes([2.0] * 12)
    left = monitor.database.read(
        5,
        lambda connection: connection.exec_driver_sql(
            "SELECT count(*) FROM history_blocks"
        ).scalar_one(),
    )
    assert left == 0
