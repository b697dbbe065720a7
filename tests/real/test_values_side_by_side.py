"""Every value of a sample, beside what /proc, df, ps and node_exporter say at that time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from monserv.model.sample import Disk, Interface, Sample
from tests.real import witnesses
from tests.real.beside import Row, page, rows, shown
from tests.real.machines import Dropbear, Sshd, User
from tests.real.watching import LOCAL, Watch, ssh_server

pytestmark = pytest.mark.real

NAMES = ("sshd", "dropbear", "local")
WITNESSES = ("node_exporter", "this machine")
# What only comes and goes between two readings fits in another round, what is wrong never.
ROUNDS = 5
COLUMNS = {
    "receive_bytes": "bytes_recv",
    "receive_packets": "packets_recv",
    "receive_errs": "errors_in",
    "receive_drop": "drops_in",
    "transmit_bytes": "bytes_sent",
    "transmit_packets": "packets_sent",
    "transmit_errs": "errors_out",
    "transmit_drop": "drops_out",
}


def ours(sample: Sample) -> dict[str, float]:
    """Say what a sample holds by node_exporter's names."""
    told: dict[str, float] = {}
    for say in (_machine, _memory, _disks, _network, _processes):
        told.update(say(sample))
    return told


def _machine(sample: Sample) -> Iterator[tuple[str, float]]:
    assert sample.cpu is not None
    assert sample.load is not None
    yield "node_cpu_cores", sample.cpu.cores
    yield "node_load1", sample.load.one_minute
    yield "node_load5", sample.load.five_minutes
    yield "node_load15", sample.load.fifteen_minutes
    yield "node_uptime_seconds", sample.uptime_seconds
    yield f'node_uname_info{{nodename="{sample.hostname}"}}', 1


def _memory(sample: Sample) -> Iterator[tuple[str, float]]:
    assert sample.memory is not None
    yield "node_memory_MemTotal_bytes", sample.memory.total_bytes
    yield "node_memory_MemAvailable_bytes", sample.memory.free_bytes
    yield "node_memory_used_bytes", sample.memory.used_bytes


def _disks(sample: Sample) -> Iterator[tuple[str, float]]:
    assert sample.disks is not None
    for disk in sample.disks:
        yield from _disk(disk)


def _disk(disk: Disk) -> Iterator[tuple[str, float]]:
    place = f'{{mountpoint="{disk.mountpoint}"}}'
    yield f"node_filesystem_size_bytes{place}", disk.total_bytes
    yield f"node_filesystem_avail_bytes{place}", disk.free_bytes
    yield f"node_filesystem_used_bytes{place}", disk.used_bytes
    yield f"node_filesystem_readonly{place}", disk.read_only


def _network(sample: Sample) -> Iterator[tuple[str, float]]:
    assert sample.network is not None
    for interface in sample.network.interfaces:
        yield from _interface(interface)


def _interface(interface: Interface) -> Iterator[tuple[str, float]]:
    for theirs, mine in COLUMNS.items():
        name = f'node_network_{theirs}_total{{device="{interface.name}"}}'
        yield name, getattr(interface, mine)


def _processes(sample: Sample) -> Iterator[tuple[str, float]]:
    assert sample.processes is not None
    for pid, (_, rss_bytes) in sample.processes.seen.items():
        yield f'ps_rss_bytes{{pid="{pid}"}}', rss_bytes


@dataclass
class Comparison:
    """Rounds of readings; what fitted in one of them is settled."""

    fitted: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)
    open: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)
    absent: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def add(
        self,
        who: tuple[str, str],
        mine: Mapping[str, float],
        before: Mapping[str, float],
        after: Mapping[str, float],
    ) -> None:
        fitted, still_open = self.fitted.setdefault(who, {}), self.open.setdefault(who, {})
        for row in rows(mine, before, after):
            if row.fits:
                fitted[row.name] = row
        for row in rows(mine, before, after):
            if row.name not in fitted:
                still_open[row.name] = row
        for name in fitted.keys() & still_open.keys():
            del still_open[name]
        theirs = {name for name in before.keys() & after.keys() if _is_expected(name)}
        self.absent[who] = self.absent.get(who, theirs) & (theirs - mine.keys())

    def is_settled(self) -> bool:
        return not any(self.open.values()) and not any(self.absent.values())


def _is_expected(name: str) -> bool:
    """Whether every sample has to have this value, if others have it."""
    kinds = ("node_network_", "node_load", "ps_rss_bytes")
    if name.startswith(kinds[0]):
        return any(name.startswith(f"node_network_{column}_total{{") for column in COLUMNS) and (
            'device="lo"' not in name
        )
    return name.startswith(kinds[1:]) or name.endswith('{mountpoint="/"}')


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
    with witnesses.node_exporter(folder) as exporter:
        says: Mapping[str, Callable[[], dict[str, float]]] = {
            "node_exporter": exporter.says,
            "this machine": witnesses.this_machine,
        }
        for _ in range(ROUNDS):
            before = {name: say() for name, say in says.items()}
            # A first sample has read everything itself, and just now.
            with Watch(folder, servers) as watch:
                samples = {name: watch.sample(name) for name in NAMES}
            after = {name: say() for name, say in says.items()}
            for name, sample in samples.items():
                for witness in WITNESSES:
                    mine = ours(sample)
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
    kinds = {
        row.partition("{")[0] for witness in WITNESSES for row in comparison.fitted[name, witness]
    }
    assert kinds == {
        "node_cpu_cores",
        "node_filesystem_avail_bytes",
        "node_filesystem_readonly",
        "node_filesystem_size_bytes",
        "node_filesystem_used_bytes",
        "node_load1",
        "node_load15",
        "node_load5",
        "node_memory_MemAvailable_bytes",
        "node_memory_MemTotal_bytes",
        "node_memory_used_bytes",
        *(f"node_network_{column}_total" for column in COLUMNS),
        "node_uname_info",
        "node_uptime_seconds",
        "ps_rss_bytes",
    }


def test_a_value_outside_of_what_others_say_is_shown_with_its_difference() -> None:
    said = page('# HELP x y\nnode_x{device="a b"} 5\nnode_load1 0.5\n')
    assert said == {'node_x{device="a b"}': 5.0, "node_load1": 0.5}
    compared = rows({"node_load1": 0.75, "other": 1.0}, said, {"node_load1": 0.6})
    assert [(row.fits, round(row.difference, 3)) for row in compared] == [(False, 0.15)]
    assert "node_load1  0.75  0.5            0.6           0.15" in shown(compared)
