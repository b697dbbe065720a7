"""What the probe tells of this machine, next to what /proc and df tell of it directly."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monserv.model.poll import Polled, PollResult
from monserv.model.quality import Group
from monserv.model.sample import Sample
from tests.real.machines import Dropbear, Sshd, User, run
from tests.real.watching import LOCAL, Watch, ssh_server

pytestmark = [pytest.mark.real, pytest.mark.alone]

NAMES = ("sshd", "dropbear", "local")
MIB = 2**20
ODD_NAMES = (
    "a b",
    "tab\there",
    "new\nline",
    "back\\slash",
    "100%",
    "emoji 😀",
    "rtl \u202etxt",
    "<b>x",
)


@pytest.fixture(scope="module")
def odd_disks(machine_room: Path) -> Iterator[dict[str, Path]]:
    """Small real file systems on mount points that are hard to spell."""
    folder = machine_room / "disks"
    folder.mkdir()
    mounted: dict[str, Path] = {}
    try:
        for number, name in enumerate(ODD_NAMES):
            image, path = folder / f"{number}.img", folder / name
            with image.open("wb") as file:
                file.truncate((4 + number) * MIB)
            run("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", str(image))
            path.mkdir()
            run("mount", "-o", "loop", str(image), str(path))
            mounted[name] = path
        bind = folder / "bind"
        bind.mkdir()
        run("mount", "--bind", str(mounted["a b"]), str(bind))
        mounted["bind"] = bind
        run("mount", "-o", "remount,ro", str(mounted["100%"]))
        yield mounted
    finally:
        for path in reversed(mounted.values()):
            run("umount", "--lazy", str(path))


@pytest.fixture(scope="module")
def all_seeing(machine_room: Path, odd_disks: dict[str, Path]) -> Iterator[Sshd]:
    """An sshd whose sessions see every disk of this machine."""
    folder = machine_room / "all-seeing"
    folder.mkdir()
    sshd = Sshd(folder)
    sshd.start()
    try:
        yield sshd
    finally:
        sshd.stop()


@pytest.fixture(scope="module")
def watch(machine_room: Path, all_seeing: Sshd, user: User, dropbear: Dropbear) -> Iterator[Watch]:
    folder = machine_room / "values"
    folder.mkdir()
    servers = [
        ssh_server("sshd", all_seeing.port, user.name, user.password),
        ssh_server("dropbear", dropbear.port, "root", dropbear.password),
        LOCAL,
    ]
    with Watch(folder, servers, interval_seconds=0.5) as watch:
        for name in NAMES:
            watch.sample(name)
        yield watch


def fresh(watch: Watch, name: str) -> Sample:
    """Return a sample that is taken from now on, and lacks nothing."""
    return watch.whole(name, after=len(watch.results(name)))


def read_anew(watch: Watch, name: str, group: Group) -> Sample:
    """Return the first sample whose ``group`` is read from now on."""
    began_at, results = datetime.now(UTC), len(watch.results(name))

    def is_it(one: PollResult) -> bool:
        at = one.sample.quality[group].at if isinstance(one, Polled) else None
        return at is not None and at > began_at

    found = watch.wait(name, is_it, after=results)
    assert isinstance(found, Polled)
    return found.sample


def meminfo(field: str) -> int:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def df(path: str) -> tuple[int, int, int]:
    done = subprocess.run(["df", "-kP", path], capture_output=True, text=True, check=True)
    total, used, free = done.stdout.splitlines()[1].rpartition("%")[0].split()[-4:-1]
    return int(total) * 1024, int(used) * 1024, int(free) * 1024


def cpu_ticks() -> tuple[int, int]:
    """Return all ticks so far, and the idle ones."""
    ticks = [int(part) for part in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return sum(ticks), ticks[3] + ticks[4]


@pytest.mark.parametrize("name", NAMES)
def test_the_machine_itself(watch: Watch, name: str) -> None:
    loads = [os.getloadavg()]
    sample = fresh(watch, name)
    loads.append(os.getloadavg())
    assert sample.hostname == socket.gethostname()
    assert sample.boot_id == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    assert 0 <= uptime - sample.uptime_seconds < 3
    assert sample.load is not None
    assert sample.load.one_minute in [pytest.approx(load[0], abs=0.01) for load in loads]
    assert sample.load.fifteen_minutes in [pytest.approx(load[2], abs=0.01) for load in loads]
    assert sample.cpu is not None
    assert sample.cpu.cores == os.sysconf("SC_NPROCESSORS_ONLN")
    assert sample.cpu.model_name in Path("/proc/cpuinfo").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_its_memory(watch: Watch, name: str) -> None:
    memory = fresh(watch, name).memory
    assert memory is not None
    assert memory.total_bytes == meminfo("MemTotal")
    assert memory.free_bytes == pytest.approx(meminfo("MemAvailable"), abs=200 * MIB)
    assert memory.used_bytes == memory.total_bytes - memory.free_bytes
    assert memory.used_percent == pytest.approx(100 * memory.used_bytes / memory.total_bytes)


def test_its_cpu_over_the_same_time(watch: Watch) -> None:
    fresh(watch, "local")
    seen, before = len(watch.results("local")), cpu_ticks()
    burn_until = time.monotonic() + 2 * watch.interval_seconds
    while time.monotonic() < burn_until:
        pass
    give_up_at = time.monotonic() + 10
    while len(watch.results("local")) < seen + 2:
        assert time.monotonic() < give_up_at
        time.sleep(0.001)
    after = cpu_ticks()
    mine = 100 * (1 - (after[1] - before[1]) / (after[0] - before[0]))
    told = [
        one.sample.cpu.used_percent
        for one in watch.results("local")[seen : seen + 2]
        if isinstance(one, Polled) and one.sample.cpu is not None
    ]
    assert len(told) == 2
    assert statistics.mean(told) == pytest.approx(mine, abs=10)
    # One core was burnt all the time.
    assert mine > 70 / (os.cpu_count() or 1)


@pytest.mark.parametrize("name", ["sshd", "local"])
def test_its_disks_under_their_own_names_and_each_once(
    watch: Watch, odd_disks: dict[str, Path], name: str
) -> None:
    disks = {disk.mountpoint: disk for disk in fresh(watch, name).disks or ()}
    folder = str(odd_disks["a b"].parent)
    shown = {
        odd: odd.replace("\\", "\\\\")
        .replace("\t", "\\x09")
        .replace("\n", "\\x0a")
        .replace("\u202e", "\\u202e")
        for odd in ODD_NAMES
    }
    assert {path for path in disks if path.startswith(folder)} == {
        f"{folder}/{one}" for one in shown.values()
    }
    for number, odd in enumerate(ODD_NAMES):
        disk, stat = disks[f"{folder}/{shown[odd]}"], os.statvfs(odd_disks[odd])
        assert disk.total_bytes == stat.f_blocks * stat.f_frsize
        assert disk.free_bytes == stat.f_bavail * stat.f_frsize
        assert (4 + number) * MIB * 0.8 < disk.total_bytes <= (4 + number) * MIB
        assert (disk.fstype, disk.read_only) == ("ext4", odd == "100%")
        assert disk.device.startswith("/dev/loop")


@pytest.mark.parametrize("name", NAMES)
def test_its_root_disk_is_what_df_shows(watch: Watch, name: str) -> None:
    (root,) = [disk for disk in fresh(watch, name).disks or () if disk.mountpoint == "/"]
    total, used, free = df("/")
    assert root.total_bytes == total
    assert root.used_bytes == pytest.approx(used, abs=64 * MIB)
    assert root.free_bytes == pytest.approx(free, abs=64 * MIB)
    assert root.used_percent == pytest.approx(100 * used / (used + free), abs=0.1)


def resident_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def ballast(name: str) -> subprocess.Popen[bytes]:
    """Start a process with an odd name and more memory than any other."""
    code = (
        "import ctypes, sys, time\n"
        "ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)\n"
        "ballast = b'x' * int(sys.argv[2])\n"
        "print('ready', flush=True)\n"
        "time.sleep(100)\n"
    )
    size = str(600 * MIB)
    process = subprocess.Popen(["python3", "-c", code, name, size], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.parametrize("name", NAMES)
def test_its_largest_processes_whatever_they_call_themselves(watch: Watch, name: str) -> None:
    process = ballast(") R 1 2 3\n4 (x")
    try:
        # A machine that is short of memory takes some away meanwhile.
        before = resident_bytes(process.pid)
        found = read_anew(watch, name, Group.PROCESSES).processes
        after = resident_bytes(process.pid)
    finally:
        process.kill()
        process.communicate()
    assert found is not None
    (mine,) = [one for one in found.top if one.pid == process.pid]
    assert 0.99 * min(before, after) <= mine.rss_bytes <= 1.01 * max(before, after)
    assert mine.percent_ram == pytest.approx(100 * mine.rss_bytes / meminfo("MemTotal"), rel=0.01)
    assert mine.username == "root"
    assert mine.name.startswith(") R 1 2 3")
    assert mine.name.isprintable()
    assert [one.rss_bytes for one in found.top] == sorted(
        (one.rss_bytes for one in found.top), reverse=True
    )
    assert {os.getpid(), 1} <= found.seen.keys()


@pytest.mark.parametrize("name", NAMES)
def test_its_network_counters(watch: Watch, name: str) -> None:
    before = Path("/proc/net/dev").read_text().split("\n")[2:-1]
    network = fresh(watch, name).network
    assert network is not None
    told = {one.name: one for one in network.interfaces}
    assert set(told) == {line.split(":")[0].strip() for line in before} - {"lo"}
    for line in before:
        interface, _, numbers = line.partition(":")
        if interface.strip() in told:
            one, counters = told[interface.strip()], [int(part) for part in numbers.split()]
            assert one.bytes_recv >= counters[0]
            assert one.bytes_recv == pytest.approx(counters[0], abs=20 * MIB)
            assert one.bytes_sent >= counters[8]
            assert one.bytes_sent == pytest.approx(counters[8], abs=20 * MIB)
    real = {path.parent.name for path in Path("/sys/class/net").glob("*/device")}
    counted = [one for one in network.interfaces if one.name in real] or network.interfaces
    assert network.total_bytes_recv == sum(one.bytes_recv for one in counted)
