"""Values of what few virtual machines have, beside what others say of the same host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monserv.model.poll import Polled, PollResult
from monserv.model.quality import Group, Quality
from monserv.model.sample import Sample
from monserv.wire.node_exporter import pages
from tests.real.beside import page
from tests.real.host import UNITS, Host
from tests.real.watching import Watch

pytestmark = pytest.mark.real

GROUPS = {Group.UNITS, Group.LOGINS, Group.TEMPERATURES}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, machine_room: Path) -> Iterator[Host]:
    host = Host(tmp_path_factory.mktemp("host"))
    try:
        yield host
    finally:
        host.stop()


def sample_of(host: Host, folder: Path) -> Sample:
    """Return what a poller that knows nothing from before is told."""

    def is_told(result: PollResult) -> bool:
        return isinstance(result, Polled) and result.sample.quality.keys() >= GROUPS

    with Watch(folder, [host.server("host")]) as watch:
        polled = watch.wait("host", is_told)
    assert isinstance(polled, Polled)
    return polled.sample


def ours(sample: Sample, prefix: str) -> dict[str, float]:
    """Return what monserv says of one kind by node_exporter's names."""
    told = page("".join(pages([("", sample)])))
    return {name: value for name, value in told.items() if name.startswith(prefix)}


def test_who_is_logged_in_is_unknown_until_it_is_recorded_and_then_what_who_says(
    host: Host, tmp_path: Path
) -> None:
    before = sample_of(host, tmp_path)
    state = before.quality[Group.LOGINS]
    assert (before.logins, state.quality, state.at) == (None, Quality.UNSUPPORTED, None)
    assert "no record" in state.reason
    # The one line that mends it does.
    host.run("sh", "-c", state.fix)
    assert sample_of(host, tmp_path).logins == ()
    with host.terminal():
        told = host.run("env", "LC_ALL=C", "who").splitlines()
        logins = sample_of(host, tmp_path).logins
    assert logins is not None
    assert [f"{one.username} {one.terminal} {one.since} ({one.origin})" for one in logins] == [
        re.sub(r"  +", " ", line) for line in told
    ]
    assert [(one.username, one.origin) for one in logins] == [("root", "127.0.0.1")]


def test_failed_units_are_those_of_systemctl_and_of_node_exporter(
    host: Host, tmp_path: Path
) -> None:
    assert sample_of(host, tmp_path).quality[Group.UNITS].quality is Quality.UNSUPPORTED
    collectors = ("systemd", "systemd.private")
    with host.systemd(), host.node_exporter(*collectors) as node_exporter:
        sample, told, theirs = sample_of(host, tmp_path), host.failed_units(), node_exporter.says()
    assert sample.quality[Group.UNITS].quality is Quality.OK
    assert sample.units is not None
    assert sample.units.state == "degraded"
    assert [(one.name, one.description) for one in sample.units.failed] == [
        (one["unit"], one["description"]) for one in told
    ]
    assert {one["unit"] for one in told} == set(UNITS) - {"fine.service", "default.target"}
    assert ours(sample, "node_systemd_unit_state") == {
        re.sub(',type="[^"]*"', "", name): value
        for name, value in theirs.items()
        if 'state="failed"' in name and value == 1 and name.startswith("node_systemd_unit_state")
    }
    for name in ("node_systemd_system_running", 'node_systemd_units{state="failed"}'):
        assert ours(sample, name) == {name: theirs[name]}


@pytest.mark.parametrize(("kind", "prefix"), [("hwmon", "node_hwmon_"), ("thermal", "node_th")])
def test_temperatures_are_those_of_node_exporter_under_the_same_names_and_labels(
    host: Host, tmp_path: Path, kind: str, prefix: str
) -> None:
    with host.sensors(kind), host.node_exporter("hwmon", "thermal_zone") as node_exporter:
        mine = ours(sample_of(host, tmp_path), prefix)
        theirs = node_exporter.says()
    assert mine == {name: value for name, value in theirs.items() if name.startswith(prefix)}
    assert len(mine) == {"hwmon": 7, "thermal": 1}[kind]
