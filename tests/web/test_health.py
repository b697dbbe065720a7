from __future__ import annotations

from dataclasses import replace

import pytest

from monserv.model.snapshot import Snapshot, Status
from tests.golden import world
from tests.web.site import Site

HEALTH = "/api/v1/health"


def statuses(*words: Status) -> Snapshot:
    view = world.SNAPSHOT.servers["local"]
    return Snapshot(1, {str(n): replace(view, status=word) for n, word in enumerate(words)})


def test_the_health_sums_up_all_servers(site: Site) -> None:
    answer = site.get(HEALTH)
    assert (answer.status_code, answer.text) == (200, world.text("health.json"))


@pytest.mark.parametrize(
    ("snapshot", "word", "message"),
    [
        (statuses(), "ok", "No server is watched, no alert is active"),
        (statuses(Status.ONLINE), "ok", "1 server is online, no alert is active"),
        (
            statuses(Status.ONLINE, Status.WARNING),
            "ok",
            "2 servers are online, no alert is active",
        ),
        (
            statuses(Status.ONLINE, Status.OFFLINE),
            "degraded",
            "1 of 2 servers is offline, no alert is active",
        ),
        (
            Snapshot(1, {"scadanas": world.SNAPSHOT.servers["scadanas"]}),
            "degraded",
            "1 server is online, 1 alert is active",
        ),
        (statuses(Status.OFFLINE), "error", "1 of 1 server is offline, no alert is active"),
    ],
)
def test_the_health_is_one_word_and_one_sentence(
    site: Site, snapshot: Snapshot, word: str, message: str
) -> None:
    site.runtime.state.now = snapshot
    answer = site.document(HEALTH)
    assert (answer["data"]["status"], answer["message"]) == (word, message)


def test_a_broken_database_is_an_error_and_is_named(site: Site) -> None:
    site.runtime.state.now = statuses(Status.ONLINE)
    site.runtime.journal.broken = "The disk is full"
    answer = site.document(HEALTH)
    assert answer["data"]["status"] == "error"
    assert answer["message"] == "1 server is online, no alert is active. The disk is full"


def test_the_process_is_alive_whatever_is_wrong(site: Site) -> None:
    site.runtime.wrong = ("the poller of nas has died",)
    site.runtime.journal.broken = "The disk is full"
    answer = site.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {
        "success": True,
        "message": "monserv is alive",
        "data": {"status": "ok"},
    }


def test_the_process_is_ready_when_nothing_is_wrong(site: Site) -> None:
    answer = site.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "success": True,
        "message": "monserv is ready",
        "data": {"status": "ok"},
    }


def test_the_process_is_not_ready_while_anything_is_wrong(site: Site) -> None:
    site.runtime.wrong = ("the poller of nas has died", "The disk is full")
    answer = site.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "success": False,
        "error": "The poller of nas has died.",
        "code": 503,
        "errors": {"problems": ["the poller of nas has died", "The disk is full"]},
    }


def test_a_paused_server_counts_in_the_total_only(site: Site) -> None:
    views = dict(world.SNAPSHOT.servers)
    for name in ("mail", "local"):
        paused = replace(views[name].server, is_active=False)
        views[name] = replace(
            views[name], server=paused, status=Status.OFFLINE, reason="paused", alerts=()
        )
    site.runtime.state.now = Snapshot(8, views)
    answer = site.document("/api/v1/health")
    assert answer["message"] == "1 server is online, 2 are paused, 1 alert is active"
    counts = {name: answer["data"][name] for name in ("total", "online", "offline", "status")}
    assert counts == {"total": 3, "online": 1, "offline": 0, "status": "degraded"}
    views["scadanas"] = replace(
        views["scadanas"],
        server=replace(views["scadanas"].server, is_active=False),
        status=Status.OFFLINE,
        alerts=(),
    )
    site.runtime.state.now = Snapshot(9, views)
    answer = site.document("/api/v1/health")
    assert answer["message"] == "3 servers are paused, no alert is active"
    assert (answer["data"]["status"], answer["data"]["offline"]) == ("ok", 0)
