from __future__ import annotations

from monserv.model.footprint import Footprint
from monserv.model.usage import Usage
from monserv.poll.meter import Meter
from tests.samples import START


def meter() -> Meter:
    return Meter(START, 4.0)


def test_nothing_was_asked_yet_and_no_average_is_told() -> None:
    found = meter().footprint()
    assert found == Footprint(START, interval_seconds=4.0)
    assert found.per_poll(found.bytes_sent) is None
    assert found.forks_per_poll is None
    assert found.cpu_milliseconds_per_poll is None


def test_the_totals_of_sessions_add_up() -> None:
    counted = meter()
    counted.logged_in()
    counted.polled(Usage(1, 10, 100))
    counted.polled(Usage(2, 20, 200, 6, 0.5, 2))
    counted.hung_up()
    counted.logged_in()
    counted.polled(Usage(2, 1, 2, 3, 0.5, 2))
    found = counted.footprint()
    assert found == Footprint(START, 4, 21, 202, 9, 1.0, 4, logins=2, interval_seconds=4.0)
    assert found.forks_per_poll == 2.25
    assert found.per_poll(found.bytes_sent) == 5.25
    assert found.cpu_milliseconds_per_poll == 250.0


def test_a_session_that_never_told_its_cost_is_no_part_of_the_average() -> None:
    counted = meter()
    counted.polled(Usage(10, 1, 1, 1, 1.0, 10))
    counted.hung_up()
    counted.polled(Usage(5, 1, 1))
    assert counted.footprint().cpu_milliseconds_per_poll == 100.0


def test_lines_in_the_log_follow_from_connections() -> None:
    counted = meter()
    counted.logged_in()
    counted.polled(Usage(1, 1, 1))
    counted.refused()
    counted.broke()
    found = counted.footprint()
    assert (found.logins, found.refused_logins, found.broken_connections) == (1, 1, 1)
    assert found.log_lines == 4


def test_a_changed_pace_is_told() -> None:
    counted = meter()
    counted.polled(Usage(1, 1, 1))
    counted.paced(8.0, is_slowed=True)
    found = counted.footprint()
    assert (found.interval_seconds, found.is_slowed, found.polls) == (8.0, True, 1)
    counted.polled(Usage(2, 2, 2))
    assert counted.footprint().is_slowed
