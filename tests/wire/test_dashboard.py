from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from monserv.model.sample import Sample
from monserv.model.snapshot import Snapshot, Status
from monserv.wire.dashboard import dashboard
from monserv.wire.encoding import encode
from tests.golden import world


def of(snapshot: Snapshot, problem: str | None = None) -> Any:
    return dashboard(snapshot, snapshot.alerts, problem, world.NOON)


def with_samples(*samples: Sample | None, status: Status = Status.ONLINE) -> Snapshot:
    view = world.SNAPSHOT.servers["local"]
    return Snapshot(
        1,
        {
            str(number): replace(view, sample=sample, status=status)
            for number, sample in enumerate(samples)
        },
    )


def test_a_dashboard_is_as_promised() -> None:
    assert encode(of(world.SNAPSHOT)).decode() == world.text("dashboard.json")


def test_no_number_on_top_is_ever_null_and_nothing_is_averaged_over_what_is_offline() -> None:
    bare = replace(world.SAMPLE, cpu=None, memory=None, disks=None)
    for snapshot in (
        Snapshot(1, {}),
        with_samples(None),
        with_samples(bare),
        with_samples(world.SAMPLE, status=Status.OFFLINE),
    ):
        stats = of(snapshot)["data"]["stats"]
        assert [stats[name] for name in ("avg_cpu", "avg_memory", "avg_disk")] == [0.0, 0.0, 0.0]
        assert all(isinstance(value, int | float) for value in stats.values())


def test_averages_are_over_the_servers_that_say_something() -> None:
    assert world.SAMPLE.cpu is not None
    busy = replace(world.SAMPLE, cpu=replace(world.SAMPLE.cpu, used_percent=90.0))
    silent = replace(world.SAMPLE, cpu=None)
    odd = replace(world.SAMPLE, cpu=replace(world.SAMPLE.cpu, used_percent=math.nan))
    stats = of(with_samples(world.SAMPLE, busy, silent, odd, None))["data"]["stats"]
    assert stats["avg_cpu"] == pytest.approx(51.2, abs=0.1)


def test_what_the_journal_cannot_do_is_in_the_health() -> None:
    assert of(Snapshot(1, {}), "The disk is full")["data"]["health"]["status"] == "error"


def test_no_password_is_in_a_dashboard() -> None:
    assert world.CANARY not in encode(of(world.SNAPSHOT)).decode()
