"""What is answered: each poll of the last minutes from memory, steps of the past from tiers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from monserv.db import rollups
from monserv.history.rolling import block
from monserv.model.rollup import HOUR as HOURS
from monserv.model.rollup import METRICS, Group, SeriesKey
from monserv.series.points import measured
from tests.db.world import Place
from tests.history.world import EPOCH, NAS, Monitor
from tests.samples import disk, sample

Begin = Callable[..., Monitor]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CPU = "cpu_used_percent"


def test_the_last_minutes_are_each_poll_and_need_no_database(begin: Begin, place: Place) -> None:
    monitor = begin(interval_seconds=4.0)
    for cpu in (10.0, 20.04, 30.0):
        monitor.poll(cpu)
    place.path.unlink()
    found = monitor.ask(EPOCH, monitor.clock.now())
    assert (found.tier, found.step_seconds, list(found.samples)) == ("memory", 4.0, [1, 1, 1])
    assert list(found.at) == [EPOCH + timedelta(seconds=4 * n) for n in range(3)]
    curve = found.metrics[CPU]
    assert list(curve.average) == list(curve.least) == list(curve.most) == [10.0, 20.0, 30.0]
    assert list(found.metrics["memory_used_bytes"].average) == [4 * 2**30] * 3
    assert list(found.disks["/"]["disk_used_percent"].average) == [50.0] * 3


def test_memory_is_told_in_steps_where_there_are_too_many_polls(begin: Begin) -> None:
    monitor = begin(interval_seconds=4.0)
    for second in range(30):
        monitor.poll(float(second))
    found = monitor.ask(EPOCH, monitor.clock.now(), max_points=12)
    assert (found.tier, found.step_seconds, len(found.at)) == ("memory", 10, 12)
    assert found.metrics[CPU].average[0] == 1.0
    assert found.metrics[CPU].most[0] == 2.0
    assert sum(found.samples) == 30


def test_a_missed_poll_is_a_gap_in_memory_too(begin: Begin) -> None:
    from tests.samples import missed

    monitor = begin(interval_seconds=4.0)
    monitor.poll(10.0)
    monitor.trends.add(missed(1, at=monitor.clock.now()))
    found = monitor.ask(EPOCH, monitor.clock.now())
    assert (list(found.metrics[CPU].average), list(found.samples)) == ([10.0, None], [1, 0])


def test_the_minute_that_has_begun_is_told_as_far_as_it_is_known(begin: Begin) -> None:
    monitor = begin(interval_seconds=20.0)
    monitor.minutes([10.0] * 20)
    monitor.poll(70.0)
    found = monitor.cpu(EPOCH, monitor.clock.now(), step_seconds=60)
    assert found == [10.0] * 20 + [70.0]


def test_ten_minutes_that_have_begun_are_told_where_memory_has_all_of_them(begin: Begin) -> None:
    monitor = begin(interval_seconds=20.0)
    monitor.minutes([10.0] * 10 + [40.0] * 5)
    found = monitor.cpu(EPOCH, EPOCH + 20 * MINUTE, step_seconds=600)
    assert found == [10.0, 40.0]


def test_only_the_metrics_and_disks_that_are_asked_for_are_told(begin: Begin) -> None:
    monitor = begin(interval_seconds=60.0)
    for _ in range(2):
        disks = (disk("/", 10.0), disk("/home", 20.0), disk("/a,b", 30.0))
        monitor.poll(None, sample(at=monitor.clock.now(), disks=disks))
        monitor.turn()
    end = EPOCH + 2 * MINUTE
    for step in (60, None):
        found = monitor.ask(EPOCH, end, metrics=("disk_used_percent",), step_seconds=step)
        assert (list(found.metrics), list(found.disks)) == ([], ["/", "/a,b", "/home"])
        found = monitor.ask(EPOCH, end, disks=frozenset({"/home"}), step_seconds=step)
        assert list(found.disks) == ["/home"]
        assert list(found.disks["/home"]["disk_used_percent"].average) == [20.0, 20.0]
        found = monitor.ask(EPOCH, end, metrics=(CPU, "load_one_minute"), step_seconds=step)
        assert (list(found.metrics), found.disks) == ([CPU, "load_one_minute"], {})


def test_a_time_of_which_nothing_is_known_is_one_gap(begin: Begin) -> None:
    monitor = begin()
    monitor.minutes([10.0])
    before = monitor.ask(EPOCH - 3 * HOUR, EPOCH - 2 * HOUR)
    assert set(before.metrics[CPU].average) == {None}
    assert (before.disks, set(before.samples)) == ({}, {0})
    future = monitor.ask(EPOCH + 5 * HOUR, EPOCH + 9 * HOUR)
    assert (list(future.at), future.start, future.end) == (
        [],
        EPOCH + 5 * HOUR,
        EPOCH + 5 * HOUR,
    )


def test_a_query_reaches_over_blocks_newest_points_and_memory(begin: Begin) -> None:
    monitor = begin(interval_seconds=60.0)
    monitor.minutes([float(minute % 50) for minute in range(64)])
    monitor.poll(99.0)
    found = monitor.cpu(EPOCH + 55 * MINUTE, monitor.clock.now(), step_seconds=60)
    assert found == [*[float(minute % 50) for minute in range(55, 64)], 99.0]


def test_what_spans_months_is_told_by_the_digests_of_blocks_as_by_their_hours(begin: Begin) -> None:
    monitor = begin()
    monitor.clock.advance(7 * 86400)
    names = [SeriesKey(NAS.id, NAS.known_as, Group.CPU, "")]
    others = [[7.0]] * (len(METRICS[Group.CPU]) - 1)
    hours = {slot: [[float(slot), slot + 4.0], *others] for slot in range(84) if slot != 30}
    points = {slot: measured(Group.CPU, one) or b"" for slot, one in hours.items()}
    text = block(Group.CPU, points, HOURS)
    place = int(EPOCH.timestamp()) // HOURS.block_seconds

    def store(stored: bytes) -> None:
        known = monitor.database.write(5.0, lambda one: rollups.numbered(one, names, 0))
        made = {known[names[0]]: stored}
        monitor.database.write(5.0, lambda one: rollups.store_blocks(one, 2, place, made, 0))

    store(text)
    end = EPOCH + 84 * HOUR
    fine = monitor.ask(EPOCH, end, step_seconds=3600)
    halves = monitor.ask(EPOCH, end, step_seconds=43200)
    assert (fine.tier, len(fine.at), len(halves.at)) == ("1h", 84, 7)
    assert list(halves.samples) == [sum(fine.samples[n : n + 12]) for n in range(0, 84, 12)]
    assert list(halves.metrics[CPU].least) == [12.0 * n for n in range(7)]
    assert list(halves.metrics[CPU].most) == [12.0 * n + 15 for n in range(7)]
    assert halves.metrics[CPU].average[0] == 7.5
    # The hours are not read for it: they may even be lost.
    store(text[:-1])
    assert set(monitor.cpu(EPOCH, end, step_seconds=3600)) == {None}
    assert monitor.cpu(EPOCH, end, step_seconds=43200) == list(halves.metrics[CPU].average)
