"""Deadlines that act from outside."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from monserv.clock import ManualClock, SystemClock
from monserv.poll.watchdog import MOST_CREDIT_SECONDS, Watchdog


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    watchdog = Watchdog(SystemClock())
    watchdog.start()
    yield watchdog
    watchdog.stop(5)
    assert not watchdog._thread.is_alive()


@pytest.mark.timed
def test_what_outlives_its_limit_is_aborted_at_the_deadline(watchdog: Watchdog) -> None:
    aborted = threading.Event()
    began_at = time.monotonic()
    with watchdog.limit(0.1) as limit:
        limit.hold(aborted.set)
        assert aborted.wait(30)
        assert 0.1 <= time.monotonic() - began_at < 1
    assert limit.passed


def test_what_ends_in_time_is_left_alone(watchdog: Watchdog) -> None:
    aborted = threading.Event()
    with watchdog.limit(0.05) as limit:
        limit.hold(aborted.set)
    assert not aborted.wait(0.2)
    assert not limit.passed


def test_what_is_held_after_the_deadline_is_aborted_at_once(watchdog: Watchdog) -> None:
    aborted = threading.Event()
    with watchdog.limit(0.01) as limit:
        time.sleep(0.2)
        limit.hold(aborted.set)
        assert aborted.is_set()


def test_only_what_was_held_last_is_aborted(watchdog: Watchdog) -> None:
    first, second = threading.Event(), threading.Event()
    with watchdog.limit(0.05) as limit:
        limit.hold(first.set)
        limit.hold(second.set)
        assert second.wait(30)
    assert not first.is_set()


def test_a_shorter_limit_set_later_passes_first(watchdog: Watchdog) -> None:
    passed: list[str] = []
    done = threading.Event()
    with watchdog.limit(0.3) as long, watchdog.limit(0.1) as short:
        long.hold(lambda: (passed.append("long"), done.set()))
        short.hold(lambda: passed.append("short"))
        assert done.wait(30)
    assert passed == ["short", "long"]


def test_an_abort_that_fails_costs_nobody_else_his_deadline(
    watchdog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    aborted = threading.Event()

    def fail() -> None:
        raise LookupError("a bug")

    with watchdog.limit(0.05) as broken, watchdog.limit(0.1) as limit:
        broken.hold(fail)
        limit.hold(aborted.set)
        assert aborted.wait(30)
    assert "could not be aborted" in caplog.text


@pytest.mark.timed
def test_it_stops_while_limits_are_far_away() -> None:
    watchdog = Watchdog(SystemClock())
    watchdog.start()
    with watchdog.limit(3600):
        began_at = time.monotonic()
        watchdog.stop(5)
        assert time.monotonic() - began_at < 1


@pytest.mark.timed
def test_what_is_spent_in_a_queue_comes_on_top_of_the_limit(watchdog: Watchdog) -> None:
    aborted = threading.Event()
    began_at = time.monotonic()
    with watchdog.limit(0.2) as limit:
        limit.hold(aborted.set)
        with limit.queuing(30):
            assert not aborted.wait(0.5)
        assert aborted.wait(30)
    assert 0.65 <= time.monotonic() - began_at < 2


def test_a_queue_moves_a_limit_by_no_more_than_it_says(watchdog: Watchdog) -> None:
    aborted = threading.Event()
    with watchdog.limit(0.01) as limit:
        limit.hold(aborted.set)
        with limit.queuing(0.05):
            assert aborted.wait(30)


def test_while_the_process_is_held_up_no_deadline_passes() -> None:
    clock = ManualClock()
    watchdog = Watchdog(clock)
    aborted: list[str] = []
    with watchdog.limit(8) as limit:
        limit.hold(lambda: aborted.append("limit"))
        clock.advance(2)
        # A busy machine is late by a little all the time.
        watchdog.woke(0.1)
        assert limit.at == clock.monotonic() + 6
        clock.advance(4)
        watchdog.woke(4)
        assert limit.at == clock.monotonic() + 6
        with watchdog.limit(8) as later:
            assert later.at == clock.monotonic() + 8
        watchdog.woke(3600)
        assert limit.at == clock.monotonic() + 2 + MOST_CREDIT_SECONDS


def test_a_limit_that_was_moved_passes_at_its_new_time() -> None:
    clock = ManualClock()
    watchdog = Watchdog(clock)
    with watchdog.limit(8) as limit:
        watchdog.woke(5)
        clock.advance(9)
        assert watchdog._due() == []
        clock.advance(4)
        assert watchdog._due() == [limit]


def test_of_alarms_that_are_due_together_a_few_ring_at_once_and_limits_do_not_wait() -> None:
    clock = ManualClock()
    watchdog = Watchdog(clock)
    alarms = [watchdog.alarm(lambda: None) for _ in range(150)]
    limit = watchdog.limit(1)
    for alarm in alarms:
        alarm.set(clock.monotonic() + 1)
    watchdog.watch(limit)
    clock.advance(2)
    turns = [watchdog._turn() for _ in range(4)]
    assert [len(turn) for turn in turns] == [64, 64, 23, 0]
    assert turns[0][0] is limit
    assert [one for turn in turns for one in turn][1:] == alarms


def test_an_alarm_rings_at_the_time_that_was_set_last_however_busy_the_process_was() -> None:
    clock = ManualClock()
    watchdog = Watchdog(clock)
    later, sooner = watchdog.alarm(lambda: None), watchdog.alarm(lambda: None)
    for seconds, alarm in ((1, later), (5, sooner), (3, later), (2, sooner)):
        alarm.set(clock.monotonic() + seconds)
    rung = []
    for _ in range(6):
        watchdog.woke(3600)
        clock.advance(1)
        rung.append(watchdog._turn())
    assert rung == [[], [sooner], [later], [], [], []]
