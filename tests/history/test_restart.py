"""A process that ends at any instant loses nothing that was written, and counts nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.db.world import Place
from tests.history.world import EPOCH, Monitor

Begin = Callable[..., Monitor]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
POINTS = "SELECT tier, slot, series, hex(point) FROM history_points ORDER BY 1, 2, 3"
BLOCKS = "SELECT tier, block, series, hex(points) FROM history_blocks ORDER BY 1, 2, 3"


def test_a_minute_in_which_one_process_ended_and_another_began_is_of_both(begin: Begin) -> None:
    one = begin()
    one.poll(10.0)
    one.keeper.flush()
    one.keeper.flush()
    one.end()
    two = begin(at=one.clock.now())
    two.poll(40.0)
    two.poll(70.0)
    two.turn()
    two.keeper.turn()
    found = two.ask(EPOCH, EPOCH + MINUTE, step_seconds=60)
    assert list(found.samples) == [3]
    assert list(found.metrics["cpu_used_percent"].average) == [40.0]
    assert list(found.metrics["cpu_used_percent"].least) == [10.0]


def test_three_processes_in_one_minute_are_all_in_it(begin: Begin) -> None:
    at = EPOCH
    for cpu in (10.0, 20.0, 60.0):
        monitor = begin(at=at)
        monitor.poll(cpu)
        monitor.keeper.flush()
        monitor.end()
        at = monitor.clock.now()
    last = begin(at=at)
    last.turn()
    assert last.cpu(EPOCH, EPOCH + MINUTE, step_seconds=60) == [30.0]


def test_a_process_that_is_killed_in_the_middle_of_an_hour_leaves_all_it_had_written(
    begin: Begin, place: Place
) -> None:
    one = begin(interval_seconds=60.0)
    one.minutes(float(minute) for minute in range(34))
    one.end()
    two = begin(at=one.clock.now(), interval_seconds=60.0)
    two.minutes(float(minute) for minute in range(34, 61))
    hour = two.ask(EPOCH, EPOCH + HOUR, step_seconds=3600)
    assert list(hour.samples) == [60]
    assert list(hour.metrics["cpu_used_percent"].average) == [29.5]
    assert list(hour.metrics["cpu_used_percent"].most) == [59.0]
    assert two.cpu(EPOCH, EPOCH + HOUR, step_seconds=60) == [float(one) for one in range(60)]


def test_what_was_due_while_no_process_ran_is_done_at_the_next_start(begin: Begin) -> None:
    one = begin(interval_seconds=60.0)
    one.minutes(float(minute) for minute in range(55))
    one.end()
    two = begin(at=EPOCH + 30 * HOUR, interval_seconds=60.0)
    two.minutes([1.0])
    hour = two.ask(EPOCH, EPOCH + HOUR, step_seconds=3600)
    assert (list(hour.samples), hour.tier) == ([55], "1h")
    assert two.cpu(EPOCH, EPOCH + 55 * MINUTE, step_seconds=60) == [float(n) for n in range(55)]


def test_the_last_minutes_before_a_restart_are_seen_in_steps_of_minutes(begin: Begin) -> None:
    one = begin()
    one.minutes([10.0, 20.0, 30.0])
    assert one.ask(EPOCH, EPOCH + 3 * MINUTE).tier == "memory"
    one.end()
    two = begin(at=one.clock.now())
    two.minutes([40.0])
    found = two.ask(EPOCH, EPOCH + 4 * MINUTE)
    assert (found.tier, found.step_seconds) == ("1m", 60)
    assert list(found.metrics["cpu_used_percent"].average) == [10.0, 20.0, 30.0, 40.0]
    # What lies within this process is as fine as it was.
    assert two.ask(EPOCH + 3 * MINUTE, EPOCH + 4 * MINUTE).tier == "memory"


def test_a_server_that_is_new_is_seen_poll_by_poll(begin: Begin) -> None:
    monitor = begin(at=EPOCH + 10 * MINUTE)
    monitor.minutes([10.0, 20.0])
    found = monitor.ask(EPOCH, EPOCH + 12 * MINUTE)
    assert (found.tier, sum(found.samples)) == ("memory", 6)


def test_doing_all_of_it_again_changes_nothing(begin: Begin, place: Place) -> None:
    one = begin(interval_seconds=60.0)
    one.minutes(float(minute) for minute in range(62))
    one.end()
    before = place.ask(POINTS), place.ask(BLOCKS)
    # As if the marks had never been written.
    place.ask("DELETE FROM history_marks")
    two = begin(at=one.clock.now(), interval_seconds=60.0)
    two.turn()
    assert place.ask(BLOCKS) == before[1]
    after = place.ask(POINTS)
    # Of the hour that is packed nothing is left to make it of anew, so what was made stays.
    assert [row for row in after if row[0] < 2] == [row for row in before[0] if row[0] < 2]
    assert len(after) == len(before[0])
