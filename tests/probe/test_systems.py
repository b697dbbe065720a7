"""Plausible answers of different systems, in the exact formats of their kernels and tools.

Each is a file of ``tests/fixtures/probe/systems``; what is expected is written by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.model.sample import Sample
from monserv.probe import containers as engines
from monserv.probe import cpu, disks, findings, logins, mounts, reading, sections
from monserv.probe.capabilities import Shortcoming
from monserv.probe.memory import zfs_cache_bytes
from monserv.wire.details import details
from monserv.wire.encoding import encode
from tests.probe.answers import AT, FOLDER, MARKER, later
from tests.probe.answers import sample as read
from tests.wire.strict import parse

SYSTEMS = sorted(path.stem for path in (FOLDER / "systems").glob("*.txt"))
MIB = 1024 * 1024


@dataclass(frozen=True)
class Expected:
    """What a system tells; ``layered`` are made of other block devices."""

    os: str
    cores: int
    total_mib: int | None
    devices: tuple[str, ...]
    layered: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ("eth0",)
    has_pressure: bool = False
    celsius: float | None = None
    inodes: tuple[str, ...] = ("/",)
    units: str | None = None
    containers: tuple[str, ...] | None = None
    logins: tuple[str, ...] | None = ()


EXPECTED = {
    "alpine": Expected(
        os="Alpine Linux v3.22",
        cores=1,
        total_mib=978,
        devices=("vda",),
        has_pressure=True,
        inodes=("/", "/boot"),
        logins=("root@192.0.2.7",),
    ),
    "debian13": Expected(
        os="Debian GNU/Linux 13 (trixie)",
        cores=8,
        total_mib=32000,
        devices=("nvme0n1", "nvme1n1", "sda", "dm-0", "dm-1", "md0"),
        layered=("dm-0", "dm-1", "md0"),
        interfaces=("eno1", "eno2", "docker0", "veth12ab34c", "br-0123456789ab"),
        has_pressure=True,
        celsius=52.0,
        inodes=("/", "/boot", "/srv"),
        units="degraded backup.service srv-old\\x2ddata.mount",
        containers=("site-web-1 running", "site-db-1 running", "job exited"),
        logins=("ada@192.0.2.7", "root@"),
    ),
    # Before MemAvailable, /etc/os-release and pressure; names glued to their numbers.
    "kernel-2.6.32": Expected(
        os="",
        cores=4,
        total_mib=None,
        devices=("cciss/c0d0", "dm-0"),
        layered=("dm-0",),
        interfaces=("eth0", "eth1"),
        inodes=("/", "/boot"),
        logins=("root@office.example.net",),
    ),
    "kernel-3.10": Expected(
        os="CentOS Linux 7 (Core)",
        cores=2,
        total_mib=3789,
        devices=("vda", "dm-0", "dm-1"),
        layered=("dm-0", "dm-1"),
        interfaces=("ens3",),
        inodes=("/", "/boot"),
        units="running",
    ),
    "lxc": Expected(
        os="Ubuntu 24.04.2 LTS",
        cores=2,
        total_mib=2048,
        devices=(),
        has_pressure=True,
        units="degraded systemd-networkd-wait-online.service",
        containers=("cache running",),
    ),
    "proxmox": Expected(
        os="Debian GNU/Linux 12 (bookworm)",
        cores=32,
        total_mib=64189,
        devices=("nvme0n1", "nvme1n1", "zd0", "zd16"),
        layered=("zd0", "zd16"),
        interfaces=("enp5s0", "vmbr0", "tap100i0", "fwbr100i0", "veth101i0"),
        has_pressure=True,
        celsius=61.375,
        inodes=("/", "/tank", "/tank/backup", "/etc/pve"),
        units="running",
    ),
    "raspberrypi": Expected(
        os="Debian GNU/Linux 12 (bookworm)",
        cores=4,
        total_mib=3793,
        devices=("mmcblk0",),
        interfaces=("eth0", "wlan0"),
        celsius=48.199,
        units="running",
        logins=("pi@",),
    ),
    "synology": Expected(
        os="",
        cores=4,
        total_mib=5765,
        devices=("sata1", "sata2", "nvme0n1", "synoboot", "md0", "md1", "md2", "dm-0", "dm-1"),
        layered=("md0", "md1", "md2", "dm-0", "dm-1"),
        interfaces=("sit0", "eth0", "eth1", "docker0"),
        celsius=47.0,
        units="running",
        logins=("admin@192.0.2.9",),
    ),
}


@cache
def answer(name: str) -> dict[str, str]:
    return sections.cut((FOLDER / "systems" / f"{name}.txt").read_bytes(), MARKER)


def sample(name: str) -> Sample:
    first = answer(name)
    found = read(first, later(first))
    assert found is not None
    return found


def test_every_system_is_expected() -> None:
    assert sorted(EXPECTED) == SYSTEMS


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_the_kernel_counts(name: str) -> None:
    found, expected = sample(name), EXPECTED[name]
    assert found.cpu is not None
    assert found.network is not None
    assert found.cpu.cores == expected.cores
    assert found.cpu.used_percent == pytest.approx(25)
    memory = found.memory
    assert expected.total_mib == (memory and memory.total_bytes // MIB)
    assert [one.name for one in found.network.interfaces] == list(expected.interfaces)
    assert [one.name for one in found.block_devices or ()] == list(expected.devices)
    layered = [one.name for one in found.block_devices or () if one.is_layered]
    assert layered == list(expected.layered)
    assert (found.pressure is not None) is expected.has_pressure
    assert found.counters is not None
    assert list(found.counters.cpu_ticks) == list(range(expected.cores))
    assert found.counters.kernel["btime"] > 1_600_000_000
    assert found.system is not None
    assert found.system.name == expected.os


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_programs_tell(name: str) -> None:
    told, expected = answer(name), EXPECTED[name]
    celsius = findings.temperatures(told)
    first = None if isinstance(celsius, Shortcoming) else celsius[0].celsius
    assert first == expected.celsius
    units = findings.units(told)
    words = (
        None if isinstance(units, Shortcoming) else [units.state, *(u.name for u in units.failed)]
    )
    assert (words and " ".join(words)) == expected.units
    found = findings.containers(told)
    shown = None if isinstance(found, Shortcoming) else [f"{c.name} {c.state}" for c in found]
    assert (shown and tuple(shown)) == expected.containers
    people = [f"{one.username}@{one.origin}" for one in logins.logins(told["logins"])]
    assert tuple(people) == expected.logins


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_file_system_has_its_size_and_its_inodes_where_it_counts_them(name: str) -> None:
    told, expected = answer(name), EXPECTED[name]
    asked = mounts.mounts(told["mounts"])
    found = disks.disks(told["disks"], asked) or ()
    assert [one.mountpoint for one in found] == [mount.mountpoint for mount in asked]
    assert all(0 <= one.used_percent <= 100 for one in found)
    counted = [
        path for path in expected.inodes if path in (disks.inodes(told["inodes"], asked) or {})
    ]
    assert tuple(counted) == expected.inodes


def test_the_cache_of_zfs_is_free_on_its_host_and_not_in_a_container() -> None:
    host, container = answer("proxmox"), answer("lxc")
    cache = zfs_cache_bytes(host["arc"], host["mounts"])
    assert cache == 12884901888 - 2147483648
    with_cache, without = (reading.reading(host, known) for known in (cache, None))
    assert with_cache is not None
    assert without is not None
    assert with_cache.memory is not None
    assert without.memory is not None
    assert with_cache.memory.free_bytes - without.memory.free_bytes == cache
    assert container["arc"] == host["arc"]
    assert zfs_cache_bytes(container["arc"], container["mounts"]) is None


def test_512_cores_are_shown_one_by_one() -> None:
    told = dict(answer("debian13"))
    rows = "".join(f"cpu{n} 100 0 50 800 5 0 0 0 0 0\n" for n in range(512))
    _, mark, rest = told["counters"].partition("intr ")
    told["counters"] = f"cpu  51200 0 25600 409600 2560 0 0 0 0 0\n{rows}{mark}{rest}"
    after = later(told)
    after["counters"] = after["counters"].replace(" 100 0 50 800 5 ", " 130 0 60 1160 5 ")
    found = read(told, after)
    assert found is not None
    assert found.cpu is not None
    assert found.cpu.cores == 512
    assert [core.core for core in found.cpu.per_core] == list(range(512))
    assert {round(core.used_percent, 3) for core in found.cpu.per_core} == {10.0}


PIECES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b"\r", b"\x00", b"NaN", b"-1", b"1e9", b" ", b"\n", b"9" * 20, b"\xff\xfe"]),
    st.sampled_from([b"MARK end\n", b"MARK counters\n", b"some avg10=", b"MemTotal:", b"cpu "]),
)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), name=st.sampled_from(SYSTEMS))
def test_a_mutated_answer_is_never_worse_than_a_gap(data: st.DataObject, name: str) -> None:
    raw = (FOLDER / "systems" / f"{name}.txt").read_bytes()
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(raw)))
        end = start + data.draw(st.sampled_from([0, 0, 1, 2, 5, 40, 2000]))
        raw = raw[:start] + data.draw(PIECES) + raw[end:]
    spoiled = sections.cut(raw, MARKER)
    for first, second in ((answer(name), spoiled), (spoiled, spoiled)):
        found = read(first, second)
        if found is not None:
            parse(encode(details(found, AT)))
            cores = found.cpu.per_core if found.cpu else ()
            assert all(0 <= core.used_percent <= 100 for core in cores)
    asked = mounts.mounts(spoiled.get("mounts", ""))
    disks.inodes(spoiled.get("inodes", ""), asked)
    for finding in (findings.units, findings.logins, findings.temperatures, findings.containers):
        finding(spoiled)
    for engine in ("docker", "podman"):
        engines.containers(spoiled.get(engine, ""), engine)
    cpu.core_ticks(spoiled.get("counters", ""))
