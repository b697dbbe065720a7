from __future__ import annotations

import pytest

from monserv.series.trends import BATCH, Trends
from tests.samples import after, missed, polled, sample, server


def test_points_are_the_last_fifteen_minutes_oldest_first() -> None:
    trends = Trends([server()], interval_seconds=4.0)
    for step in range(300):
        trends.add(polled(sample(cpu=step / 10, at=after(4 * step))))
    points = trends.points("nas")
    assert len(points) == 225
    assert (points[0].at, points[-1].at) == (after(4 * 75), after(4 * 299))
    assert points[-1].cpu_percent == 29.9


def test_a_missed_poll_is_a_gap() -> None:
    trends = Trends([server()], interval_seconds=4.0)
    trends.add(missed(1, at=after(4)))
    (point,) = trends.points("nas")
    assert (point.at, point.cpu_percent, point.memory_percent) == (after(4), None, None)


def test_an_unknown_server_has_no_points() -> None:
    assert Trends([], 4.0).points("nobody") == ()


def test_a_server_that_is_gone_has_no_points_and_gets_none() -> None:
    trends = Trends([server()], 4.0)
    trends.add(polled(sample()))
    trends.watch("nas")
    assert len(trends.points("nas")) == 1
    trends.forget("nas")
    trends.add(polled(sample()))
    assert trends.points("nas") == ()


def test_a_server_that_comes_back_under_the_same_name_gets_nothing_from_before() -> None:
    trends = Trends([server()], 4.0)
    trends.add(polled(sample()))
    trends.forget("nas")
    trends.watch("nas")
    assert trends.points("nas") == ()


@pytest.mark.parametrize("rows", [1, BATCH - 1, BATCH, BATCH + 1])
def test_whoever_looks_sees_all_rows_however_many_wait(rows: int) -> None:
    trends = Trends([server("nas"), server("mail")], 4.0)
    for step in range(rows):
        trends.add(polled(sample(cpu=float(step), at=after(4 * step))))
    assert [point.cpu_percent for point in trends.points("nas")] == list(range(rows))
    assert trends.points("mail") == ()


def test_only_what_is_new_is_told_to_whoever_has_looked() -> None:
    trends = Trends([server()], interval_seconds=300.0)
    for step in range(4):
        trends.add(polled(sample(cpu=float(step), at=after(300 * step))))
    first = trends.past("nas")
    assert ([point.cpu_percent for point in first.new], first.count) == ([1.0, 2.0, 3.0], 3)
    assert trends.past("nas", first.mark).new == ()
    trends.add(polled(sample(cpu=4.0, at=after(1200))))
    assert [point.cpu_percent for point in trends.past("nas", first.mark).new] == [4.0]
    trends.forget("nas")
    trends.watch("nas")
    trends.add(polled(sample(cpu=9.0, at=after(1500))))
    anew = trends.past("nas", first.mark)
    assert ([point.cpu_percent for point in anew.new], anew.count) == ([9.0], 1)
