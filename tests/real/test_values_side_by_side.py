"""Every value of a sample, beside what /proc, df, ps and node_exporter say at that time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from monserv.model.poll import Polled, PollResult
from monserv.model.quality import Group, Quality
from monserv.model.sample import Sample
from monserv.wire.node_exporter import pages
from monserv.wire.node_families import FAMILIES
from tests.real import witnesses
from tests.real.beside import Row, family, kinds, page, rows, shown
from tests.real.machines import Dropbear, Sshd, User
from tests.real.watching import LOCAL, Watch, ssh_server

pytestmark = pytest.mark.real

NAMES = ("sshd", "dropbear", "local")
WITNESSES = ("node_exporter", "this machine")
# What only comes and goes between two readings fits in another round, what is wrong never.
ROUNDS = 5
# No machine has to have these: sensors, systemd, guests.
NOT_EVERYWHERE = {
    "node_hwmon_temp_celsius",
    "node_hwmon_temp_crit_celsius",
    "node_hwmon_chip_names",
    "node_hwmon_sensor_label",
    "node_thermal_zone_temp",
    "node_systemd_unit_state",
    "node_systemd_system_running",
    "node_systemd_units",
}
# A root with nothing but sh, cat and df has no uname and no name of a distribution.
NOT_ON_DROPBEAR = ("node_os_info{", 'node_uname_info{machine="', "node_filesystem_files")


EVERYWHERE = set(Group) - {Group.NETWORK_DISKS}


def ours(sample: Sample) -> dict[str, float]:
    """Say what a sample holds by node_exporter's names."""
    assert sample.processes is not None
    resident = {
        f'ps_rss_bytes{{pid="{pid}"}}': float(rss_bytes)
        for pid, (_, rss_bytes) in sample.processes.seen.items()
    }
    return page("".join(pages([("", sample)]))) | resident


def is_expected(server: str, name: str) -> bool:
    """Whether a sample has to have this value, if others have it."""
    if server == "dropbear" and name.startswith(NOT_ON_DROPBEAR):
        return False
    kind = family(name)
    if kind.endswith("_info"):
        # Of the labels, those that a kernel and a distribution are known by.
        known = ("machine", "nodename", "release", "sysname", "pretty_name")
        return name.startswith(tuple(f'{kind}{{{label}="' for label in known)) and kind in DECLARED
    if kind.startswith("node_filesystem_"):
        # Other mounts come and go, and each device is shown once.
        return 'mountpoint="/"' in name and kind in DECLARED
    if 'device="lo"' in name or 'device="zram' in name:
        # Neither is a wire nor a disk.
        return False
    return kind in DECLARED or kind.startswith(("node_memory_", "node_vmstat_", "ps_"))


DECLARED = {one.name for one in FAMILIES}


@dataclass
class Comparison:
    """Rounds of readings; what fitted in one of them is settled."""

    samples: dict[str, Sample] = field(default_factory=dict)
    fitted: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)
    open: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)
    absent: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def add(
        self,
        who: tuple[str, str],
        mine: Mapping[str, float],
        before: Mapping[str, float],
        after: Mapping[str, float],
    ) -> None:
        fitted = self.fitted.setdefault(who, {})
        compared = rows(mine, before, after)
        fitted.update({row.name: row for row in compared if row.fits})
        still_open = self.open.get(who, {}) | {row.name: row for row in compared}
        self.open[who] = {name: row for name, row in still_open.items() if name not in fitted}
        theirs = {name for name in before.keys() & after.keys() if is_expected(who[0], name)}
        self.absent[who] = self.absent.get(who, theirs) & (theirs - mine.keys())

    def is_settled(self) -> bool:
        return not any(self.open.values()) and not any(self.absent.values())


def is_complete(result: PollResult) -> bool:
    """Whether every group was read since the poller began."""
    return isinstance(result, Polled) and result.sample.quality.keys() >= EVERYWHERE


@pytest.fixture(scope="module")
def comparison(
    tmp_path_factory: pytest.TempPathFactory, sshd: Sshd, user: User, dropbear: Dropbear
) -> Comparison:
    folder = tmp_path_factory.mktemp("beside")
    servers = [
        ssh_server("sshd", sshd.port, user.name, user.password),
        ssh_server("dropbear", dropbear.port, "root", dropbear.password),
        LOCAL,
    ]
    found = Comparison()
    with witnesses.node_exporter(folder / "node_exporter.log") as exporter:
        found.kinds = kinds(exporter.text())
        says: Mapping[str, Callable[[], dict[str, float]]] = {
            "node_exporter": exporter.says,
            "this machine": witnesses.this_machine,
        }
        for _ in range(ROUNDS):
            before = {name: say() for name, say in says.items()}
            # A poller that begins knows nothing from before.
            with Watch(folder, servers) as watch:
                for name in NAMES:
                    polled = watch.wait(name, is_complete, within_seconds=30)
                    assert isinstance(polled, Polled)
                    found.samples[name] = polled.sample
            after = {name: say() for name, say in says.items()}
            for name, sample in found.samples.items():
                mine = ours(sample)
                for witness in WITNESSES:
                    found.add((name, witness), mine, before[witness], after[witness])
            if found.is_settled():
                break
    return found


@pytest.mark.parametrize("witness", WITNESSES)
@pytest.mark.parametrize("name", NAMES)
def test_each_value_lies_between_what_others_say_before_and_after(
    comparison: Comparison, name: str, witness: str
) -> None:
    compared = {**comparison.fitted[name, witness], **comparison.open[name, witness]}
    differing = list(comparison.open[name, witness].values())
    assert differing == [], f"\n{shown(compared.values())}"


@pytest.mark.parametrize("witness", WITNESSES)
@pytest.mark.parametrize("name", NAMES)
def test_no_value_that_others_have_is_missing(
    comparison: Comparison, name: str, witness: str
) -> None:
    assert sorted(comparison.absent[name, witness]) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_value_has_been_compared(comparison: Comparison, name: str) -> None:
    compared = {family(row) for row in comparison.fitted[name, "node_exporter"]}
    excused = {one.rstrip("{") for one in NOT_ON_DROPBEAR} if name == "dropbear" else set()
    excused |= NOT_EVERYWHERE | {"node_filesystem_files_free"} & {f"{one}_free" for one in excused}
    assert DECLARED - compared - excused == set()
    assert {"node_memory_MemAvailable_bytes", "node_vmstat_pgfault"} <= compared
    own = {family(row) for row in comparison.fitted[name, "this machine"]}
    assert {"ps_rss_bytes", "node_cpu_seconds_total", "node_network_receive_bytes_total"} <= own


def test_every_family_is_of_the_type_that_node_exporter_gives_it(comparison: Comparison) -> None:
    mine = kinds("".join(pages([("", comparison.samples["local"])])))
    assert mine == {name: comparison.kinds.get(name) for name in mine}
    assert {"counter", "gauge", "untyped"} == set(mine.values())


@pytest.mark.parametrize("name", NAMES)
def test_what_the_sums_of_a_sample_say_is_what_they_are_made_of(
    comparison: Comparison, name: str
) -> None:
    sample = comparison.samples[name]
    assert sample.counters is not None
    assert sample.memory is not None
    told = sample.counters.memory
    assert sample.memory.total_bytes == told["MemTotal"]
    assert sample.memory.free_bytes == told["MemAvailable"]
    assert sample.memory.swap_total_bytes == told["SwapTotal"]
    assert sample.memory.swap_used_bytes == told["SwapTotal"] - told["SwapFree"]
    droppable = told["Cached"] + told["Buffers"] + told["SReclaimable"] - told["Shmem"]
    assert sample.memory.cached_bytes == droppable
    assert sample.cpu is not None
    assert sample.cpu.cores == len(sample.counters.cpu_ticks)
    assert sample.cpu.shares is not None
    assert [one.core for one in sample.cpu.per_core] == list(sample.counters.cpu_ticks)


def answers(engine: str) -> bool:
    if shutil.which(engine) is None:
        return False
    return subprocess.run([engine, "ps"], capture_output=True, check=False).returncode == 0


def records_logins() -> bool:
    """Whether ``who`` knows anything here."""
    records = ("/run/utmp", "/run/systemd/sessions")
    return shutil.which("who") is not None and any(Path(one).exists() for one in records)


def test_what_this_machine_lacks_is_said_and_what_it_has_is_there(comparison: Comparison) -> None:
    has = {
        Group.UNITS: Path("/run/systemd/system").exists(),
        Group.CONTAINERS: any(map(answers, ("docker", "podman"))),
        Group.TEMPERATURES: any(Path("/sys/class").glob("hwmon/*/temp*_input"))
        or any(Path("/sys/class").glob("thermal/thermal_zone*/temp")),
        Group.LOGINS: records_logins(),
        Group.PRESSURE: Path("/proc/pressure/cpu").exists(),
    }
    quality = comparison.samples["local"].quality
    assert {group: quality[group].quality is Quality.OK for group in has} == has
    for group in (group for group, there in has.items() if not there):
        assert quality[group].quality in (Quality.UNSUPPORTED, Quality.DENIED)
        assert quality[group].reason != ""


def test_a_value_outside_of_what_others_say_is_shown_with_its_difference() -> None:
    said = page('# HELP x y\nnode_x{device="a b"} 5\nnode_load1 0.5\n')
    assert said == {'node_x{device="a b"}': 5.0, "node_load1": 0.5}
    compared = rows({"node_load1": 0.75, "other": 1.0}, said, {"node_load1": 0.6})
    assert [(row.fits, round(row.difference, 3)) for row in compared] == [(False, 0.15)]
    assert "node_load1  0.75  0.5            0.6           0.15" in shown(compared)
