"""What is shown of one server alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monserv.model.hardware import Temperature
from monserv.model.quality import Group, GroupState, Quality
from monserv.model.sample import Sample
from monserv.wire.details import details
from monserv.wire.metrics import metrics
from monserv.wire.quality import capabilities, quality
from tests.golden import world

NEW = {
    "block_devices",
    "pressure",
    "temperatures",
    "top_processes_by_cpu",
    "units_state",
    "failed_units",
    "containers",
    "logins",
    "system",
}


def test_details_are_the_metrics_of_the_list_and_more() -> None:
    lean, full = metrics(world.SAMPLE), details(world.SAMPLE, world.NOON)
    assert set(full) == set(lean) | NEW | {"quality"}
    assert full["memory"] == lean["memory"]
    assert lean["cpu"].items() <= full["cpu"].items()


def test_a_group_that_is_not_known_is_absent_and_never_empty() -> None:
    bare = Sample(world.NOON, "h", "b", 1)
    assert details(bare, world.NOON) == {
        "hostname": "h",
        "uptime_seconds": 1,
        "disks": [],
        "top_processes_by_memory": [],
        "generated_at_utc": "2026-01-01T12:00:00Z",
        "quality": {},
    }


def test_nothing_of_its_kind_is_an_empty_list() -> None:
    nothing = replace(world.SAMPLE, containers=(), logins=(), block_devices=())
    shown = details(nothing, world.NOON)
    assert (shown["containers"], shown["logins"], shown["block_devices"]) == ([], [], [])


def test_what_came_later_is_absent_where_it_is_unknown() -> None:
    cpu, memory = world.SAMPLE.cpu, world.SAMPLE.memory
    assert cpu is not None
    assert memory is not None
    old = replace(
        world.SAMPLE,
        cpu=replace(cpu, shares=None, per_core=()),
        memory=replace(memory, cached_bytes=None, swap_total_bytes=None, swap_used_bytes=None),
    )
    shown = metrics(old)
    assert set(shown["cpu"]) == {"cores", "used_percent", "model_name"}
    assert "cached_bytes" not in shown["memory"]
    assert "swap_total_bytes" not in shown["memory"]


def test_no_swap_has_no_percent() -> None:
    memory = world.SAMPLE.memory
    assert memory is not None
    none = replace(memory, swap_total_bytes=0, swap_used_bytes=0)
    shown = metrics(replace(world.SAMPLE, memory=none))["memory"]
    assert (shown["swap_total_bytes"], shown["swap_used_bytes"]) == (0, 0)
    assert "swap_used_percent" not in shown


def test_a_network_whose_rates_are_unknown_is_absent_and_never_zero() -> None:
    network = world.SAMPLE.network
    assert network is not None
    sample = replace(world.SAMPLE, network=replace(network, bytes_sent_rate=None))
    assert "network" not in metrics(sample)
    assert "network" not in details(sample, world.NOON)


def test_a_number_that_is_none_leaves_its_row_out() -> None:
    odd = (Temperature("a", "b", float("nan")), Temperature("a", "c", 40.0, float("inf")))
    shown = details(replace(world.SAMPLE, temperatures=odd), world.NOON)
    assert shown["temperatures"] == [{"chip": "a", "name": "c", "celsius": 40.0}]


def test_ages_are_of_the_moment_and_never_negative() -> None:
    state = GroupState(Quality.OK, world.NOON)
    sample = replace(world.SAMPLE, quality={Group.LOAD: state})
    for seconds, age in ((90.26, 90.3), (-3600, 0.0)):
        now = world.NOON + timedelta(seconds=seconds)
        assert quality(sample, now)["load"]["age_seconds"] == age
        assert capabilities(sample, now)["load"]["age_seconds"] == age


def test_the_list_is_not_much_larger_than_it_was() -> None:
    # A thousand servers are listed, and sent in events.
    assert set(metrics(world.SAMPLE)) & (NEW | {"quality"}) == set()
    assert "per_core" not in metrics(world.SAMPLE)["cpu"]
    assert "errors_rate" not in metrics(world.SAMPLE)["network"]["interfaces"][0]
