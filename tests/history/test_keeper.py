"""What is written each minute, how it is rolled up, and what comes back of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.db.world import Place
from tests.history.world import EPOCH, Monitor

Begin = Callable[..., Monitor]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_a_minute_has_the_average_the_least_and_the_most_of_its_samples(begin: Begin) -> None:
    monitor = begin()
    for cpu in (10.0, 20.0, 60.0):
        monitor.poll(cpu)
    monitor.turn()
    found = monitor.ask(EPOCH, EPOCH + MINUTE, step_seconds=60)
    curve = found.metrics["cpu_used_percent"]
    assert (list(curve.average), list(curve.least)) == ([30.0], [10.0])
    assert list(curve.most) == [60.0]
    assert (found.tier, found.step_seconds, list(found.at)) == ("1m", 60, [EPOCH])
    assert list(found.samples) == [3]
    assert list(found.metrics["load_one_minute"].average) == [None]
    assert list(found.disks["/"]["disk_used_percent"].average) == [50.0]


def test_a_minute_without_a_sample_is_a_gap_and_has_no_row(begin: Begin, place: Place) -> None:
    monitor = begin()
    monitor.minutes([10.0, None, 30.0])
    assert monitor.cpu(EPOCH, EPOCH + 3 * MINUTE, step_seconds=60) == [10.0, None, 30.0]
    slots = place.ask("SELECT DISTINCT slot FROM history_points WHERE tier = 0 ORDER BY slot")
    first = int(EPOCH.timestamp()) // 60
    assert slots == [(first,), (first + 2,)]


def test_minutes_become_ten_minutes_and_hours_and_blocks(begin: Begin, place: Place) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes(float(minute % 60) for minute in range(125))
    end = EPOCH + 2 * HOUR
    assert monitor.cpu(EPOCH, end, step_seconds=60) == [float(one % 60) for one in range(120)]
    ten = monitor.ask(EPOCH, end, step_seconds=600)
    curve = ten.metrics["cpu_used_percent"]
    assert ten.tier == "10m"
    assert list(curve.average) == [4.5, 14.5, 24.5, 34.5, 44.5, 54.5] * 2
    assert list(curve.least) == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0] * 2
    assert list(curve.most) == [9.0, 19.0, 29.0, 39.0, 49.0, 59.0] * 2
    hours = monitor.ask(EPOCH, end, step_seconds=3600)
    assert (hours.tier, list(hours.samples)) == ("1h", [60, 60])
    assert list(hours.metrics["cpu_used_percent"].average) == [29.5, 29.5]
    assert list(hours.metrics["cpu_used_percent"].most) == [59.0, 59.0]
    blocks = place.ask("SELECT tier, count(*) FROM history_blocks GROUP BY tier")
    # Two hours of CPU, memory and a disk: no server of these tests tells more.
    assert blocks == [(0, 6)]
    left = place.ask("SELECT tier, count(DISTINCT slot) FROM history_points GROUP BY tier")
    assert left == [(0, 5), (1, 12), (2, 2)]
