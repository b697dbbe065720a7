from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monserv.model.history import HistoryPage, HistoryQuery
from monserv.model.sample import Load
from monserv.model.snapshot import ServerView, Snapshot, Status
from monserv.model.trend import TrendPoint
from monserv.wire import host_keys, resources
from monserv.wire.details import details
from monserv.wire.encoding import encode
from monserv.wire.metrics import metrics
from monserv.wire.quality import capabilities
from tests.golden import world

POINTS: Mapping[str, tuple[TrendPoint, ...]] = {
    server_id: world.TRENDS.get(server_id, ()) for server_id in world.SNAPSHOT.servers
}
DOCUMENTS = {
    "servers.json": resources.servers(world.SNAPSHOT),
    "server.json": resources.server(
        replace(
            world.SNAPSHOT.servers["local"],
            server=replace(world.ARCHIVE, is_active=False),
            reason="paused",
        )
    ),
    "trial.json": resources.trial(world.TRIAL),
    "host_key.json": host_keys.report("scadanas", world.HOST_KEY),
    "metrics.json": details(world.SAMPLE, world.NOON),
    "capabilities.json": capabilities(world.SAMPLE, world.NOON + timedelta(seconds=2.5)),
    "alerts_active.json": [resources.alert(alert) for alert in world.SNAPSHOT.alerts],
    "alerts_page.json": resources.history(world.HISTORY, HistoryQuery(page=3, page_size=10)),
    "health.json": resources.health(world.SNAPSHOT, None),
    "trends.json": {"trends": {name: resources.trend(past) for name, past in POINTS.items()}},
}


@pytest.mark.parametrize("golden", DOCUMENTS)
def test_a_resource_is_as_promised(golden: str) -> None:
    message = world.load(golden)["message"]
    answer = encode(resources.success(DOCUMENTS[golden], message))
    assert answer.decode() == world.text(golden)


def test_an_error_is_as_promised() -> None:
    error = resources.failure(404, "No server has this URL.", {})
    assert encode(error).decode() == world.text("error.json")


def test_a_group_that_the_server_cannot_give_is_absent_and_lists_are_always_there() -> None:
    bare = replace(
        world.SAMPLE, cpu=None, memory=None, disks=None, processes=None, network=None, load=None
    )
    assert metrics(bare) == {
        "hostname": "scadanas",
        "uptime_seconds": 3600,
        "disks": [],
        "top_processes_by_memory": [],
        "generated_at_utc": "2026-01-01T12:00:00Z",
    }


def test_an_incomplete_interface_is_left_out_and_an_incomplete_group_is_absent() -> None:
    network = world.SAMPLE.network
    assert network is not None
    overflowing = replace(network.interfaces[0], name="odd", bytes_sent=2**64)
    both = replace(network, interfaces=(overflowing, *network.interfaces))

    found = metrics(replace(world.SAMPLE, network=both, load=Load(math.nan, 0.1, 0.1)))

    assert [one["name"] for one in found["network"]["interfaces"]] == ["eth0"]
    assert "load" not in found
    assert "network" not in metrics(
        replace(world.SAMPLE, network=replace(network, bytes_sent_rate=2**64))
    )


def with_statuses(*statuses: Status, alerts: tuple[Any, ...] = ()) -> Snapshot:
    view = world.SNAPSHOT.servers["local"]
    views = {
        str(number): replace(
            view, server=replace(view.server, url=f"ssh://a@{number}"), status=status, alerts=alerts
        )
        for number, status in enumerate(statuses)
    }
    return Snapshot(1, views)


@pytest.mark.parametrize(
    ("snapshot", "problem", "word"),
    [
        (with_statuses(), None, "ok"),
        (with_statuses(Status.ONLINE, Status.ONLINE), None, "ok"),
        (with_statuses(Status.ONLINE, Status.OFFLINE), None, "degraded"),
        (with_statuses(Status.ALERT, alerts=(world.MEMORY_HIGH,)), None, "degraded"),
        (with_statuses(Status.ONLINE, alerts=(world.MEMORY_HIGH,)), None, "degraded"),
        (with_statuses(Status.OFFLINE), None, "error"),
        (with_statuses(Status.OFFLINE, Status.OFFLINE), None, "error"),
        (with_statuses(Status.ONLINE), "The disk is full", "error"),
        (with_statuses(), "The disk is full", "error"),
    ],
)
def test_the_health_is_one_word(snapshot: Snapshot, problem: str | None, word: str) -> None:
    assert resources.health(snapshot, problem)["status"] == word


def test_servers_with_an_alert_or_a_warning_count_as_online() -> None:
    found = resources.health(
        with_statuses(Status.ONLINE, Status.WARNING, Status.ALERT, Status.OFFLINE), None
    )
    assert {name: found[name] for name in ("total", "online", "offline")} == {
        "total": 4,
        "online": 3,
        "offline": 1,
    }


@pytest.mark.parametrize("said", ["", "nas"])
def test_a_server_is_called_as_it_calls_itself_else_as_it_was_configured(said: str) -> None:
    view = world.SNAPSHOT.servers["scadanas"]
    silent: ServerView = replace(view, sample=replace(world.SAMPLE, hostname=said))
    found = resources.health(Snapshot(1, {"scadanas": silent}), None)["servers"]
    assert found[view.server.url]["hostname"] == (said or "scadanas")


def test_an_empty_page_has_an_empty_list() -> None:
    assert resources.history(HistoryPage((), 0), HistoryQuery()) == {
        "alerts": [],
        "total": 0,
        "page": 1,
        "page_size": 100,
    }


def test_no_password_is_in_any_resource() -> None:
    assert world.CANARY not in encode(DOCUMENTS).decode()
