from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from monserv.model.sample import Process, Processes
from monserv.wire.encoding import encode
from monserv.wire.keyed import keyed
from tests.golden import world

SCADANAS = world.SNAPSHOT.servers["scadanas"]


def shown(name: str) -> Any:
    return json.loads(encode(keyed(world.SNAPSHOT.servers[name])))


def test_each_server_is_what_the_golden_snapshot_shows() -> None:
    golden = world.load("v2_snapshot.json")["servers"]

    assert {name: shown(name) for name in world.SNAPSHOT.servers} == golden


def test_rows_are_those_that_rest_lists() -> None:
    (rest, *_) = world.load("servers.json")["data"]["servers"]
    metrics = shown("scadanas")["metrics"]

    assert list(metrics["disks"].values()) == rest["metrics"]["disks"]
    assert (
        list(metrics["network"]["interfaces"].values()) == rest["metrics"]["network"]["interfaces"]
    )


def nulls(value: Any) -> bool:
    if isinstance(value, dict):
        return any(nulls(inner) for inner in value.values())
    return value is None


def test_nothing_is_null_at_any_depth() -> None:
    assert not any(nulls(shown(name)) for name in world.SNAPSHOT.servers)


def test_a_number_that_no_json_can_hold_is_left_out() -> None:
    assert SCADANAS.sample is not None
    sample = replace(SCADANAS.sample, uptime_seconds=2**70)
    metrics = keyed(replace(SCADANAS, sample=sample))["metrics"]

    assert "uptime_seconds" not in metrics
    assert metrics["hostname"] == "scadanas"


def test_the_same_view_gives_equal_states_and_another_sample_another_one() -> None:
    assert SCADANAS.sample is not None
    processes = Processes((Process(7, "java", "app", 1, 0.04, "", 3),), {})
    other = replace(SCADANAS, sample=replace(SCADANAS.sample, processes=processes))

    assert keyed(SCADANAS) == keyed(SCADANAS)
    assert keyed(other)["metrics"]["top_processes_by_memory"] == {
        "7": {
            "pid": 7,
            "name": "java",
            "username": "app",
            "rss_bytes": 1,
            "percent_ram": 0.0,
            "cmdline": "",
        }
    }
