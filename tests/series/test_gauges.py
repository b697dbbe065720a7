"""The numbers of a sample that are kept; what is unknown is no number."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from monserv.model.hardware import BlockDevice, Pressure, Temperature
from monserv.model.rollup import MAX_DISKS, SERVER_METRICS
from monserv.model.sample import CpuShares, Load, Network, Sample
from monserv.series.gauges import DiskIo, DiskUse, gauges
from tests.samples import after, disk, sample


def device(name: str = "sda", *, layered: bool = False, **told: Any) -> BlockDevice:
    numbers = {
        "reads_completed": 1,
        "reads_merged": 0,
        "read_bytes": 0,
        "read_seconds": 0.0,
        "writes_completed": 1,
        "writes_merged": 0,
        "written_bytes": 0,
        "write_seconds": 0.0,
        "io_seconds": 0.0,
        "weighted_io_seconds": 0.0,
        "io_now": 0,
    }
    return BlockDevice(name, **(numbers | told), is_layered=layered)


def read(one: Sample, disk_io: DiskIo | None = None) -> dict[str, float]:
    """Return what is known."""
    numbers = gauges(one, one.taken_at.timestamp(), disk_io or DiskIo())
    named = dict(zip(SERVER_METRICS, numbers, strict=True))
    return {name: number for name, number in named.items() if not math.isnan(number)}


def rates(disk_io: DiskIo, one: Sample) -> tuple[float, float, float]:
    return disk_io.rates(one, one.taken_at.timestamp())


def later(one: Sample, seconds: float, *devices: BlockDevice) -> Sample:
    return replace(
        one,
        taken_at=after(seconds),
        uptime_seconds=3600 + int(seconds),
        block_devices=devices,
    )


def test_what_a_server_does_not_tell_is_unknown_and_never_zero() -> None:
    assert read(sample(cpu=None, memory=None)) == {}
    assert set(read(sample(cpu=1.0, memory=None))) == {"cpu_used_percent"}


def test_each_number_has_its_place() -> None:
    told = replace(
        sample(cpu=10.0, memory=50.0),
        load=Load(1.5, 2.0, 3.0),
        network=Network((), 0, 0, bytes_sent_rate=7, bytes_recv_rate=9),
        pressure=(Pressure("cpu", 1.0, 0), Pressure("io", 2.0, 0), Pressure("memory", 3.0, 0)),
        temperatures=(Temperature("a", "x", 40.0), Temperature("b", "y", 61.5)),
        block_devices=(device(read_bytes_rate=5, written_bytes_rate=6, used_percent=70.0),),
    )
    assert told.cpu is not None
    shares = CpuShares(None, 10.0, 6.0, 3.0, 0.75, 0.25)
    told = replace(told, cpu=replace(told.cpu, shares=shares))
    assert told.memory is not None
    told = replace(told, memory=replace(told.memory, swap_used_bytes=4096))
    assert read(told) == {
        "cpu_used_percent": 10.0,
        "cpu_user_percent": 6.0,
        "cpu_system_percent": 3.0,
        "cpu_iowait_percent": 0.75,
        "cpu_steal_percent": 0.25,
        "cpu_pressure_percent": 1.0,
        "load_one_minute": 1.5,
        "memory_used_percent": 50.0,
        "memory_used_bytes": 4 * 2**30,
        "memory_pressure_percent": 3.0,
        "swap_used_bytes": 4096,
        "temperature_celsius": 61.5,
        "network_rx_bytes_per_second": 9,
        "network_tx_bytes_per_second": 7,
        "disk_read_bytes_per_second": 5,
        "disk_write_bytes_per_second": 6,
        "disk_busy_percent": 70.0,
        "io_pressure_percent": 2.0,
    }


def test_disks_are_looked_at_seldom_and_nothing_they_did_meanwhile_is_missed() -> None:
    disk_io = DiskIo()
    first = later(sample(), 0, device(read_bytes=1000, io_seconds=1.0))
    assert math.isnan(rates(disk_io, first)[0])
    soon = later(sample(), 4, device(read_bytes=9000))
    assert math.isnan(rates(disk_io, soon)[0])
    then = later(sample(), 12, device(read_bytes=13000, written_bytes=24, io_seconds=4.0))
    assert rates(disk_io, then) == (1000.0, 2.0, 25.0)
    assert rates(disk_io, later(sample(), 16, device(read_bytes=99000))) == (1000.0, 2.0, 25.0)


def test_the_busiest_disk_counts_and_what_is_made_of_others_does_not() -> None:
    disk_io = DiskIo()
    names = ("sda", "sdb")
    rates(disk_io, later(sample(), 0, *(device(name) for name in names)))
    told = (
        device("sda", read_bytes=100, io_seconds=1.0),
        device("sdb", read_bytes=200, io_seconds=5.0),
        device("md0", layered=True, read_bytes=300, io_seconds=9.0),
        device("new", read_bytes=5000, io_seconds=9.0),
    )
    assert rates(disk_io, later(sample(), 10, *told)) == (30.0, 0.0, 50.0)


def test_counters_that_begin_anew_make_no_rate() -> None:
    disk_io = DiskIo()
    rates(disk_io, later(sample(), 0, device(read_bytes=5000)))
    assert math.isnan(rates(disk_io, later(sample(), 12, device(read_bytes=10)))[0])


def test_after_a_boot_rates_are_those_of_the_devices_themselves() -> None:
    disk_io = DiskIo()
    rates(disk_io, later(sample(), 1000, device(read_bytes=5000)))
    own = device(read_bytes=6000, read_bytes_rate=3, written_bytes_rate=4, used_percent=5.0)
    booted = replace(later(sample(), 1004, own), boot_id="another", uptime_seconds=9)
    assert rates(disk_io, booted) == (3, 4, 5.0)


def test_a_clock_that_is_set_bends_no_rate() -> None:
    disk_io = DiskIo()
    rates(disk_io, later(sample(), 0, device()))
    moved = replace(later(sample(), 12, device(read_bytes=1200)), taken_at=after(-86400))
    assert rates(disk_io, moved) == (100.0, 0.0, 0.0)


def test_disks_that_are_told_no_more_are_unknown() -> None:
    disk_io = DiskIo()
    rates(disk_io, later(sample(), 0, device(read_bytes_rate=1)))
    assert math.isnan(rates(disk_io, replace(sample(), block_devices=None))[0])


def test_how_full_disks_are_is_told_of_the_first_of_them_and_anew_when_they_were_read() -> None:
    use, many = DiskUse(), tuple(disk(f"/{number}", 5.0) for number in range(MAX_DISKS + 1))
    assert use.percents(many) == {f"/{number}": 5.0 for number in range(MAX_DISKS)}
    assert use.percents(many) is use.percents(many)
    assert use.percents((disk("/0", 6.0),)) == {"/0": 6.0}
    assert use.percents(None) == {}
