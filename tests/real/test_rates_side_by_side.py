"""Rates and shares over some seconds, beside what the kernel counted in the same time."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from monserv.model.poll import Polled
from monserv.model.sample import CpuShares, Sample
from tests.real import namespace
from tests.real.watching import LOCAL, Watch

pytestmark = pytest.mark.real

INTERVAL_SECONDS = 0.5
POLLS = 16
SECTOR_BYTES = 512
TICKS_PER_SECOND = 100
MIB = 2**20
# A result is heard of a moment after it was read.
SLACK = 0.15
WIRE = "wire"
# It writes to a disk, sends to the other end of the wire, computes, and rests.
WORK = """
import os, socket, sys, time
file, there = sys.argv[1:]
ether = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("ready", flush=True)
with open(file, "wb", buffering=0) as disk:
    while True:
        began_at = time.monotonic()
        disk.seek(0)
        disk.write(os.urandom(2 << 20))
        os.fsync(disk.fileno())
        for _ in range(100):
            ether.sendto(bytes(1000), (there, 9))
        while time.monotonic() < began_at + 0.1:
            pass
        time.sleep(0.1)
"""

Row = tuple[int, ...]


@dataclass(frozen=True)
class Counted:
    """What the kernel had counted at a time, by name of a disk, an interface, a core."""

    at: float
    disks: dict[str, Row]
    interfaces: dict[str, Row]
    cores: dict[str, Row]
    work: Row


def counted(pid: int) -> Counted:
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13]
    return Counted(
        time.monotonic(),
        _rows(Path("/proc/diskstats").read_text(), 2),
        _rows(Path("/proc/thread-self/net/dev").read_text().split("\n", 2)[2].replace(":", " "), 0),
        _rows(Path("/proc/stat").read_text().split("\nintr")[0], 0),
        (sum(map(int, numbers)),),
    )


def _rows(text: str, name_at: int) -> dict[str, Row]:
    lines = (line.split() for line in text.splitlines())
    return {line[name_at]: tuple(map(int, line[name_at + 1 :])) for line in lines}


@dataclass(frozen=True)
class Story:
    """Samples, each with what was counted when it was heard of; the first is the beginning."""

    pid: int
    heard: Sequence[tuple[Sample, Counted]]

    def told(self, read: Callable[[Sample], float | None]) -> float:
        """Return the average over all samples, each for the time that passed before it."""
        times = [one.at for _, one in self.heard]
        pairs = zip(times, times[1:], self.heard[1:], strict=False)
        parts = [((read(sample) or 0.0), end - began) for began, end, (sample, _) in pairs]
        return sum(value * seconds for value, seconds in parts) / (times[-1] - times[0])

    def passed(self, read: Callable[[Counted], Row]) -> Row:
        """Return how far each counter went."""
        first, last = (read(self.heard[at][1]) for at in (0, -1))
        return tuple(after - before for before, after in zip(first, last, strict=True))

    @property
    def seconds(self) -> float:
        return self.heard[-1][1].at - self.heard[0][1].at


@contextlib.contextmanager
def work(file: Path, there: str) -> Iterator[int]:
    command = [sys.executable, "-c", WORK, str(file), there]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield process.pid
        finally:
            process.kill()


@pytest.fixture(scope="module")
def story(machine_room: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    heard: list[tuple[Sample, Counted]] = []
    with (
        namespace.second() as other,
        work(machine_room / "ballast", other.there) as pid,
        Watch(tmp_path_factory.mktemp("rates"), [LOCAL], INTERVAL_SECONDS) as watch,
    ):
        # The first sample is over a second of its own.
        watch.sample("local")
        give_up_at = time.monotonic() + 60
        while len(heard) <= POLLS:
            seen = len(watch.results("local"))
            while len(watch.results("local")) == seen:
                assert time.monotonic() < give_up_at
                time.sleep(0.002)
            now, result = counted(pid), watch.results("local")[-1]
            assert isinstance(result, Polled)
            heard.append((result.sample, now))
    return Story(pid, heard)


def disk(name: str, attribute: str) -> Callable[[Sample], float | None]:
    def read(sample: Sample) -> float | None:
        found = [one for one in sample.block_devices or () if one.name == name]
        return getattr(found[0], attribute) if found else None

    return read


def wire(attribute: str) -> Callable[[Sample], float | None]:
    def read(sample: Sample) -> float | None:
        assert sample.network is not None
        (found,) = [one for one in sample.network.interfaces if one.name == WIRE]
        return getattr(found, attribute)  # type: ignore[no-any-return]  # a number

    return read


def share(core: int | None, attribute: str) -> Callable[[Sample], float | None]:
    def read(sample: Sample) -> float | None:
        assert sample.cpu is not None
        assert sample.cpu.shares is not None
        found: Sequence[CpuShares] = (sample.cpu.shares, *sample.cpu.per_core)
        (one,) = [one for one in found if one.core == core]
        return getattr(one, attribute)  # type: ignore[no-any-return]  # a number

    return read


@pytest.mark.timed
def test_rates_of_disks_are_what_was_read_and_written_and_how_long_that_took(story: Story) -> None:
    names = [one.name for one in story.heard[0][0].block_devices or ()]
    most = 0.0
    for name in names:
        row = story.passed(lambda one: one.disks[name])  # noqa: B023 -- it is called at once
        per_second = [number / story.seconds for number in row]
        read, written = per_second[2] * SECTOR_BYTES, per_second[6] * SECTOR_BYTES
        for attribute, theirs, least in (
            ("read_bytes_rate", read, MIB),
            ("written_bytes_rate", written, MIB),
            ("used_percent", per_second[9] / 10, 0.2),
        ):
            ours = story.told(disk(name, attribute))
            assert ours == pytest.approx(theirs, rel=SLACK, abs=least), (name, attribute)
        most = max(most, written)
    assert most > 2 * MIB, "the work is seen"


@pytest.mark.timed
def test_rates_of_an_interface_are_what_went_through_it(story: Story) -> None:
    row = story.passed(lambda one: one.interfaces[WIRE])
    per_second = [number / story.seconds for number in row]
    assert story.told(wire("bytes_sent_rate")) == pytest.approx(per_second[8], rel=SLACK)
    assert story.told(wire("bytes_recv_rate")) == pytest.approx(per_second[0], rel=SLACK, abs=2000)
    assert per_second[8] > 100_000, "the work is seen"


@pytest.mark.timed
def test_shares_of_all_cores_and_of_each_are_how_their_time_was_spent(story: Story) -> None:
    for core in (None, *range(len(story.heard[0][1].cores) - 1)):
        row = story.passed(lambda one: one.cores[_cpu(core)])  # noqa: B023 -- it is called at once
        user, nice, system, idle, iowait, irq, softirq, steal = row[:8]
        spent = {
            "used_percent": sum(row[:8]) - idle - iowait,
            "user_percent": user + nice,
            "system_percent": system + irq + softirq,
            "iowait_percent": iowait,
            "steal_percent": steal,
        }
        for attribute, ticks in spent.items():
            ours = story.told(share(core, attribute))
            assert ours == pytest.approx(100 * ticks / sum(row[:8]), abs=10), (core, attribute)


def _cpu(core: int | None) -> str:
    return "cpu" if core is None else f"cpu{core}"


@pytest.mark.timed
def test_the_cpu_of_a_process_is_what_it_used_and_a_busy_one_is_among_the_busiest(
    story: Story,
) -> None:
    used = 100 * story.passed(lambda one: one.work)[0] / TICKS_PER_SECOND / story.seconds
    processes = [sample.processes for sample, _ in story.heard]
    told = [one for found in processes for one in (found and found.busy) or ()]
    mine = [one.cpu_percent or 0.0 for one in told if one.pid == story.pid]
    assert mine, "it is among the busiest"
    assert statistics.mean(mine) == pytest.approx(used, abs=15)
    assert used > 15, "the work is seen"
