from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from monserv.model.sample import Process, Processes
from monserv.wire.encoding import encode
from monserv.wire.keyed import States, keyed
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


def test_what_rest_tells_twice_is_told_once() -> None:
    (rest, *_) = world.load("servers.json")["data"]["servers"]
    memory = rest["metrics"]["memory"]
    assert memory.pop("available_bytes") == memory["free_bytes"]

    assert shown("scadanas")["metrics"]["memory"] == memory


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


def test_what_was_not_read_anew_is_shared_and_what_was_is_shown() -> None:
    assert SCADANAS.sample is not None
    assert SCADANAS.sample.disks is not None
    states = States()
    first = states.state(SCADANAS)["metrics"]
    later = replace(SCADANAS.sample, uptime_seconds=3604, disks=SCADANAS.sample.disks[:1])
    second = states.state(replace(SCADANAS, sample=later))["metrics"]

    assert second["top_processes_by_memory"] is first["top_processes_by_memory"]
    assert list(second["disks"]) == ["/"]
    assert list(first["disks"]) == ["/", '/srv/<b>é "x"']
    assert states.state(SCADANAS) == keyed(SCADANAS)
    # Another server's are its own.
    mail = world.SNAPSHOT.servers["mail"]
    assert states.state(mail) == keyed(mail)


def test_nothing_is_kept_of_servers_that_are_gone() -> None:
    states = States()
    for view in world.SNAPSHOT.servers.values():
        states.state(view)
    states.forget_others(["mail"])
    assert (set(states._disks), set(states._processes)) == ({"mail"}, {"mail"})
