"""Servers whose numbers move as those of real ones do, sample after sample, by a seed.

Each has six disks, of which one or two fill, five large processes, of which some breathe,
and two interfaces. ``df`` answers every 12 s and processes are read every 20 s, as the
product's cadences have it. Sizes are whole kibibytes, as the kernel tells them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from monserv.model.sample import (
    Cpu,
    CpuShares,
    Disk,
    Inodes,
    Interface,
    Load,
    Memory,
    Network,
    Process,
    Processes,
    Sample,
)
from monserv.model.server import Reach, Server
from monserv.model.snapshot import ServerView, Status

INTERVAL_SECONDS = 4
_DISK_POLLS = 3
_PROCESS_POLLS = 5
_START = datetime(2026, 1, 1, 12, tzinfo=UTC)
_KIB = 1024
_GIB = 2**30
_ROLES = ("web", "db", "mail", "nas", "build", "cache", "queue", "proxy", "git", "backup")
_MODELS = (
    "Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz",
    "AMD EPYC 7502P 32-Core Processor",
    "Intel(R) Core(TM) i5-8500T CPU @ 2.10GHz",
    "Cortex-A72",
)
_MOUNTS = (
    ("/dev/mapper/vg0-root", "/", "ext4", 40),
    ("/dev/sda2", "/boot", "ext4", 1),
    ("/dev/sda1", "/boot/efi", "vfat", 1),
    ("/dev/mapper/vg0-var", "/var", "ext4", 80),
    ("/dev/sdb1", "/srv", "xfs", 2000),
    ("tank/home", "/home", "zfs", 500),
)
_PROGRAMS = (
    ("postgres", "postgres"),
    ("java", "tomcat"),
    ("mariadbd", "mysql"),
    ("node", "deploy"),
    ("php-fpm8.2", "www-data"),
    ("systemd-journald", "root"),
    ("python3", "app"),
    ("redis-server", "redis"),
    ("dockerd", "root"),
    ("nginx", "www-data"),
)


class Machine:
    """One server, and how it goes on."""

    def __init__(self, number: int, random: Random) -> None:
        self._random = random
        role = _ROLES[number % len(_ROLES)]
        self.name = f"{role}{number:02d}"
        host = f"10.0.{number // 250}.{number % 250 + 1}"
        self.server = Server(
            self.name, self.name, Reach.SSH, host, 22, "monitor", f"ssh://monitor:***@{host}"
        )
        self._cores = random.choice((2, 4, 8, 16))
        self._load = random.uniform(0.05, 0.6)
        self._offset_seconds = random.uniform(0, INTERVAL_SECONDS)
        self._memory_bytes = random.choice((4, 8, 16, 32, 64)) * _GIB - 40_000 * _KIB
        self._rates = random.uniform(2e3, 2e6), random.uniform(2e3, 5e5)
        self._polls = 0
        self.sample = self._first()

    def advance(self) -> Sample:
        """Return the next sample."""
        self._polls += 1
        last = self.sample
        self._load = min(1.0, max(0.01, self._load + self._random.gauss(0, 0.04)))
        taken_at = last.taken_at + timedelta(seconds=INTERVAL_SECONDS)
        self.sample = replace(
            last,
            taken_at=taken_at + timedelta(milliseconds=self._random.randint(-3, 3)),
            uptime_seconds=last.uptime_seconds + INTERVAL_SECONDS,
            cpu=self._cpu(),
            memory=self._memory(last),
            disks=self._disks(last) if self._polls % _DISK_POLLS == 0 else last.disks,
            processes=self._processes(last)
            if self._polls % _PROCESS_POLLS == 0
            else last.processes,
            network=self._network(last),
            load=self._load_averages(last),
        )
        return self.sample

    def view(self) -> ServerView:
        """Return what the state would show of it."""
        at = self.sample.taken_at
        return ServerView(self.server, Status.ONLINE, None, None, _START, at, 0, self.sample)

    def _first(self) -> Sample:
        random = self._random
        taken_at = _START + timedelta(seconds=round(self._offset_seconds, 3))
        used = round(self._memory_bytes * random.uniform(0.2, 0.8)) // _KIB * _KIB
        return Sample(
            taken_at=taken_at,
            hostname=self.name,
            boot_id="b",
            uptime_seconds=random.randrange(10_000, 50_000_000),
            cpu=self._cpu(),
            memory=self._memory_of(used, 2 * _GIB, random.randrange(0, 2**18) * _KIB),
            disks=tuple(self._new_disk(*mount) for mount in _MOUNTS),
            processes=self._new_processes(),
            network=self._network_of([self._interface("eth0"), self._interface("docker0")]),
            load=Load(self._load, self._load, self._load),
        )

    def _cpu(self) -> Cpu:
        used = 100 * self._load
        user, system = used * 0.7, used * 0.25
        iowait = used - user - system
        shares = CpuShares(None, used, user, system, iowait, 0.0)
        return Cpu(self._cores, used, _MODELS[self._cores % len(_MODELS)], shares)

    def _memory(self, last: Sample) -> Memory | None:
        if last.memory is None:
            return None
        step = round(self._random.gauss(0, 2e-4) * self._memory_bytes)
        used = min(self._memory_bytes, max(_GIB, last.memory.used_bytes + step)) // _KIB * _KIB
        swap = last.memory.swap_used_bytes or 0
        return self._memory_of(used, last.memory.swap_total_bytes or 0, swap)

    def _memory_of(self, used: int, swap_total: int, swap_used: int) -> Memory:
        total = self._memory_bytes
        cached = (total - used) // 2 // _KIB * _KIB
        percent = 100 * used / total
        return Memory(total, used, total - used, percent, cached, swap_total, swap_used)

    def _disks(self, last: Sample) -> tuple[Disk, ...]:
        return tuple(
            self._filled(disk) if disk.mountpoint in {"/var", "/srv"} else disk
            for disk in last.disks or ()
        )

    def _filled(self, disk: Disk) -> Disk:
        step = self._random.choice((0, 1, 1, 2, 16)) * 64 * _KIB
        used = min(disk.total_bytes, disk.used_bytes + step)
        return _disk(disk.device, disk.mountpoint, disk.fstype, disk.total_bytes, used)

    def _new_disk(self, device: str, mountpoint: str, fstype: str, size_gib: int) -> Disk:
        total = size_gib * _GIB // _KIB * _KIB
        used = round(total * self._random.uniform(0.1, 0.8)) // 4096 * 4096
        return _disk(device, mountpoint, fstype, total, used)

    def _new_processes(self) -> Processes:
        programs = self._random.sample(_PROGRAMS, 5)
        shares = sorted((self._random.uniform(0.2, 12) for _ in programs), reverse=True)
        return _processes(
            [
                self._process(self._random.randrange(400, 60_000), name, user, share)
                for (name, user), share in zip(programs, shares, strict=True)
            ]
        )

    def _process(self, pid: int, name: str, user: str, percent: float) -> Process:
        rss = round(self._memory_bytes * percent / 100) // 4096 * 4096
        return Process(pid, name, user, rss, percent, "", 7)

    def _processes(self, last: Sample) -> Processes:
        found = []
        for one in last.processes.large if last.processes else ():
            is_still = self._random.random() < 0.4
            percent = one.percent_ram * (1 if is_still else self._random.gauss(1, 0.01))
            found.append(self._process(one.pid, one.name, one.username, percent))
        return _processes(sorted(found, key=lambda one: one.rss_bytes, reverse=True))

    def _interface(self, name: str) -> Interface:
        received, sent = (self._random.randrange(10**9, 10**12) for _ in range(2))
        return Interface(name, sent, received, sent // 700, received // 900, 0, 0, 0, 0)

    def _network(self, last: Sample) -> Network | None:
        if last.network is None:
            return None
        first, *others = last.network.interfaces
        down, up = (rate * self._random.lognormvariate(0, 0.5) for rate in self._rates)
        received, sent = round(down * INTERVAL_SECONDS), round(up * INTERVAL_SECONDS)
        moved = replace(
            first,
            bytes_recv=first.bytes_recv + received,
            bytes_sent=first.bytes_sent + sent,
            packets_recv=first.packets_recv + received // 900,
            packets_sent=first.packets_sent + sent // 700,
        )
        return self._network_of([moved, *others], round(down), round(up))

    def _network_of(self, interfaces: list[Interface], down: int = 0, up: int = 0) -> Network:
        first = interfaces[0]
        return Network(tuple(interfaces), first.bytes_sent, first.bytes_recv, up, down)

    def _load_averages(self, last: Sample) -> Load | None:
        if last.load is None:
            return None
        load = last.load
        target = self._load * self._cores
        averages = load.one_minute, load.five_minutes, load.fifteen_minutes
        values = zip(averages, (15, 75, 225), strict=True)
        return Load(*(round(value + (target - value) / polls, 2) for value, polls in values))


def fleet(count: int, seed: int = 1) -> list[Machine]:
    """Return machines; the same ones for the same seed."""
    random = Random(seed)  # noqa: S311 -- a simulation, to be repeated
    return [Machine(number, random) for number in range(count)]


def rounds(machines: list[Machine], polls: int) -> Iterator[list[ServerView]]:
    """Yield what is shown after each interval."""
    for _ in range(polls):
        for machine in machines:
            machine.advance()
        yield [machine.view() for machine in machines]


def _disk(device: str, mountpoint: str, fstype: str, total: int, used: int) -> Disk:
    free = round((total - used) * 0.95) // _KIB * _KIB
    percent = 100 * used / (used + free) if used + free else 0.0
    inodes = Inodes(total // 16384, used // 65536, 100 * (used / 65536) / (total / 16384))
    return Disk(device, mountpoint, fstype, total, used, free, percent, False, inodes)


def _processes(found: list[Process]) -> Processes:
    return Processes(tuple(found), {one.pid: (7, one.rss_bytes) for one in found})
