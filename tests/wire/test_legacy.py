from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from monserv.model.sample import Cpu, Disk, Process, Processes, Sample
from monserv.model.snapshot import Snapshot
from monserv.wire import legacy, messages
from tests.golden import world


def snapshot_of(sample: Sample | None) -> Snapshot:
    view = replace(world.SNAPSHOT.servers["scadanas"], sample=sample)
    return Snapshot(1, {"scadanas": view})


def shown(sample: Sample) -> dict[str, Any]:
    state = json.loads(legacy.encode(snapshot_of(sample)))
    assert list(state) == ["ssh://scada:***@10.0.0.3:2222"]
    return dict(state["ssh://scada:***@10.0.0.3:2222"])


def test_the_state_is_as_scripts_have_always_read_it() -> None:
    assert legacy.encode(world.SNAPSHOT).decode() == world.text("state.json")


def test_a_server_appears_with_its_first_sample() -> None:
    assert legacy.encode(snapshot_of(None)) == b"{}"
    assert legacy.encode(Snapshot(0, {})) == b"{}"


def test_the_state_message_is_the_state_in_an_envelope() -> None:
    message = messages.metrics_update(legacy.encode(world.SNAPSHOT))
    assert message.decode() == world.text("metrics_update.json")


@pytest.mark.parametrize(
    ("transition", "golden"), [(world.RAISED, "alert.json"), (world.RECOVERED, "recovery.json")]
)
def test_an_alert_message_has_exactly_its_four_keys(transition: Any, golden: str) -> None:
    assert messages.alert(transition).decode() == world.text(golden)


def test_an_alert_message_stays_strict_json_whatever_a_mount_point_is_called() -> None:
    odd = replace(world.RAISED, subject='[ALERT] "\ud800"\x00</script>')
    assert json.loads(messages.alert(odd))["subject"] == '[ALERT] "\ufffd"\x00</script>'


def test_a_group_that_the_server_cannot_give_is_absent_and_lists_are_always_there() -> None:
    bare = replace(world.SAMPLE, cpu=None, memory=None, disks=None, processes=None)
    assert shown(bare) == {
        "hostname": "scadanas",
        "uptimeSeconds": 3600,
        "disks": [],
        "topProcsByMem": [],
        "generatedAtUtc": "2026-01-01T12:00:00Z",
    }


@pytest.mark.parametrize("percent", [math.nan, math.inf, -math.inf])
def test_a_group_without_its_percent_is_absent(percent: float) -> None:
    assert world.SAMPLE.memory is not None
    state = shown(
        replace(
            world.SAMPLE,
            cpu=Cpu(4, percent, "AMD EPYC"),
            memory=replace(world.SAMPLE.memory, used_percent=percent),
        )
    )
    assert "cpu" not in state
    assert "memory" not in state


def test_a_row_without_its_percent_or_with_an_absurd_size_is_left_out() -> None:
    good = Disk("/dev/a", "/", "ext4", 10, 5, 5, 50.0, read_only=False)
    state = shown(
        replace(
            world.SAMPLE,
            disks=(
                replace(good, mountpoint="/nan", used_percent=math.nan),
                good,
                replace(good, mountpoint="/huge", total_bytes=2**64),
            ),
            processes=Processes(
                large=(
                    Process(1, "nan", "root", 4096, math.nan, "", 1),
                    Process(2, "good", "root", 4096, 0.04, "", 1),
                ),
                seen={},
            ),
        )
    )
    assert [row["mountpoint"] for row in state["disks"]] == ["/"]
    assert [(row["name"], row["percentRAM"]) for row in state["topProcsByMem"]] == [("good", 0.0)]


def test_no_password_is_in_the_state() -> None:
    assert world.CANARY not in legacy.encode(world.SNAPSHOT).decode()
