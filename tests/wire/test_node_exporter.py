"""Every server's values under node_exporter's names, as Prometheus' own parser reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from prometheus_client.parser import text_string_to_metric_families

from monserv.model.counters import Counters
from monserv.model.hardware import BlockDevice, Pressure, Temperature
from monserv.model.sample import Disk, Inodes, Interface, Load, Network, Sample
from monserv.model.services import FailedUnit, OperatingSystem, Units
from monserv.wire import node_exporter
from monserv.wire.prometheus_text import label
from tests.samples import sample

NASTY = 'a"b\\c\nd} 1\n# HELP x\x1b[2J<script>\ud800'
SHOWN = NASTY.replace("\ud800", "\ufffd")

ETH0 = Interface("eth0", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
DISK = Disk("/dev/sda1", "/", "ext4", 1000, 300, 650, 31.6, read_only=False)

FULL = replace(
    sample(disks=(replace(DISK, inodes=Inodes(100, 30, 30.0)),)),
    load=Load(0.5, 0.25, 0.125),
    system=OperatingSystem("Debian GNU/Linux 12 (bookworm)", "6.1.0-13-amd64", "x86_64"),
    network=Network((ETH0,), 1, 2, 3, 4),
    block_devices=(BlockDevice("sda", 1, 2, 512, 0.25, 3, 4, 1024, 0.5, 0.75, 1.5, 6),),
    pressure=(
        Pressure("cpu", 1.0, 10.5, 0.0, 0.0),
        Pressure("io", 1.0, 20.5, 0.5, 10.25),
        Pressure("memory", 0.0, 0.5),
    ),
    temperatures=(
        Temperature(
            "coretemp", "A (2)", 48.5, 100.0, "temp1", label="A", device="platform/coretemp.0"
        ),
        Temperature("NVMe", "temp1", 30, sensor="temp1"),
        Temperature("x86_pkg_temp", "thermal_zone1", 41, sensor="thermal_zone1"),
    ),
    units=Units("degraded", (FailedUnit("backup.service", "Backup"),)),
    counters=Counters(
        cpu_ticks=MappingProxyType(
            {0: (100, 200, 300, 400, 500, 600, 700, 800, 900, 1000), 1: (1, 2, 3, 4, 5)}
        ),
        kernel=MappingProxyType({"btime": 1_700_000_000, "ctxt": 5, "processes": 6, "intr": 7}),
        memory=MappingProxyType({"MemTotal": 8192, "Active(anon)": 4096, "HugePages_Total": 3}),
        events=MappingProxyType({"oom_kill": 2}),
    ),
)


def shown(*samples: tuple[str, Sample]) -> dict[str, float]:
    """Return ``name{labels}`` -> value; the library's parser refuses what Prometheus would."""
    text = "".join(node_exporter.pages(samples))
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(one.labels.items()))
            assert f"{one.name}{{{labels}}}" not in found, "Prometheus refuses a series twice"
            found[f"{one.name}{{{labels}}}"] = one.value
    return found


def only(found: dict[str, float], prefixes: Iterable[str]) -> dict[str, float]:
    return {name: value for name, value in found.items() if name.startswith(tuple(prefixes))}


def test_cpu_memory_and_kernel_are_what_node_exporter_calls_them() -> None:
    wanted = ("node_cpu", "node_memory", "node_vmstat", "node_forks", "node_context", "node_intr")
    assert only(shown(("", FULL)), wanted) == {
        "node_cpu_seconds_total{cpu=0,mode=user}": 1.0,
        "node_cpu_seconds_total{cpu=0,mode=nice}": 2.0,
        "node_cpu_seconds_total{cpu=0,mode=system}": 3.0,
        "node_cpu_seconds_total{cpu=0,mode=idle}": 4.0,
        "node_cpu_seconds_total{cpu=0,mode=iowait}": 5.0,
        "node_cpu_seconds_total{cpu=0,mode=irq}": 6.0,
        "node_cpu_seconds_total{cpu=0,mode=softirq}": 7.0,
        "node_cpu_seconds_total{cpu=0,mode=steal}": 8.0,
        "node_cpu_guest_seconds_total{cpu=0,mode=user}": 9.0,
        "node_cpu_guest_seconds_total{cpu=0,mode=nice}": 10.0,
        # An old kernel tells fewer modes, and nothing is put in their place.
        "node_cpu_seconds_total{cpu=1,mode=user}": 0.01,
        "node_cpu_seconds_total{cpu=1,mode=nice}": 0.02,
        "node_cpu_seconds_total{cpu=1,mode=system}": 0.03,
        "node_cpu_seconds_total{cpu=1,mode=idle}": 0.04,
        "node_cpu_seconds_total{cpu=1,mode=iowait}": 0.05,
        "node_memory_MemTotal_bytes{}": 8192.0,
        "node_memory_Active_anon_bytes{}": 4096.0,
        "node_memory_HugePages_Total{}": 3.0,
        "node_vmstat_oom_kill{}": 2.0,
        "node_forks_total{}": 6.0,
        "node_context_switches_total{}": 5.0,
        "node_intr_total{}": 7.0,
    }


def test_disks_and_interfaces_are_what_node_exporter_calls_them() -> None:
    root = "{device=/dev/sda1,fstype=ext4,mountpoint=/}"
    assert only(shown(("", FULL)), ("node_filesystem", "node_disk", "node_network")) == {
        f"node_filesystem_size_bytes{root}": 1000.0,
        f"node_filesystem_free_bytes{root}": 700.0,
        f"node_filesystem_avail_bytes{root}": 650.0,
        f"node_filesystem_files{root}": 100.0,
        f"node_filesystem_files_free{root}": 70.0,
        f"node_filesystem_readonly{root}": 0.0,
        "node_disk_reads_completed_total{device=sda}": 1.0,
        "node_disk_reads_merged_total{device=sda}": 2.0,
        "node_disk_read_bytes_total{device=sda}": 512.0,
        "node_disk_read_time_seconds_total{device=sda}": 0.25,
        "node_disk_writes_completed_total{device=sda}": 3.0,
        "node_disk_writes_merged_total{device=sda}": 4.0,
        "node_disk_written_bytes_total{device=sda}": 1024.0,
        "node_disk_write_time_seconds_total{device=sda}": 0.5,
        "node_disk_io_time_seconds_total{device=sda}": 0.75,
        "node_disk_io_time_weighted_seconds_total{device=sda}": 1.5,
        "node_disk_io_now{device=sda}": 6.0,
        "node_network_transmit_bytes_total{device=eth0}": 1.0,
        "node_network_receive_bytes_total{device=eth0}": 2.0,
        "node_network_transmit_packets_total{device=eth0}": 3.0,
        "node_network_receive_packets_total{device=eth0}": 4.0,
        "node_network_receive_errs_total{device=eth0}": 5.0,
        "node_network_transmit_errs_total{device=eth0}": 6.0,
        "node_network_receive_drop_total{device=eth0}": 7.0,
        "node_network_transmit_drop_total{device=eth0}": 8.0,
        "node_network_receive_fifo_total{device=eth0}": 9.0,
        "node_network_receive_frame_total{device=eth0}": 10.0,
        "node_network_receive_compressed_total{device=eth0}": 11.0,
        "node_network_receive_multicast_total{device=eth0}": 12.0,
        "node_network_transmit_fifo_total{device=eth0}": 13.0,
        "node_network_transmit_colls_total{device=eth0}": 14.0,
        "node_network_transmit_carrier_total{device=eth0}": 15.0,
        "node_network_transmit_compressed_total{device=eth0}": 16.0,
    }


def test_the_rest_is_what_node_exporter_calls_it() -> None:
    others = ("node_cpu", "node_memory", "node_filesystem", "node_disk", "node_network")
    found = {
        name: value for name, value in shown(("", FULL)).items() if not name.startswith(others)
    }
    uname = "machine=x86_64,nodename=scadanas,release=6.1.0-13-amd64,sysname=Linux"
    assert found == {
        "node_boot_time_seconds{}": 1_700_000_000.0,
        "node_time_seconds{}": 1_700_003_600.0,
        "node_load1{}": 0.5,
        "node_load5{}": 0.25,
        "node_load15{}": 0.125,
        "node_context_switches_total{}": 5.0,
        "node_forks_total{}": 6.0,
        "node_intr_total{}": 7.0,
        f"node_uname_info{{{uname}}}": 1.0,
        "node_os_info{pretty_name=Debian GNU/Linux 12 (bookworm)}": 1.0,
        "node_hwmon_temp_celsius{chip=platform_coretemp_0,sensor=temp1}": 48.5,
        "node_hwmon_temp_crit_celsius{chip=platform_coretemp_0,sensor=temp1}": 100.0,
        "node_hwmon_sensor_label{chip=platform_coretemp_0,label=A,sensor=temp1}": 1.0,
        "node_hwmon_chip_names{chip=platform_coretemp_0,chip_name=coretemp}": 1.0,
        "node_hwmon_temp_celsius{chip=nvme,sensor=temp1}": 30.0,
        "node_hwmon_chip_names{chip=nvme,chip_name=nvme}": 1.0,
        "node_thermal_zone_temp{type=x86_pkg_temp,zone=1}": 41.0,
        "node_systemd_units{state=failed}": 1.0,
        "node_systemd_unit_state{name=backup.service,state=failed}": 1.0,
        "node_systemd_system_running{}": 0.0,
        "node_pressure_cpu_waiting_seconds_total{}": 10.5,
        "node_pressure_io_waiting_seconds_total{}": 20.5,
        "node_pressure_io_stalled_seconds_total{}": 10.25,
        "node_pressure_memory_waiting_seconds_total{}": 0.5,
        "node_vmstat_oom_kill{}": 2.0,
    }


def test_what_a_server_does_not_tell_is_absent() -> None:
    bare = Sample(sample().taken_at, "nas", "b", 60)
    assert shown(("", bare)) == {}


def test_servers_stand_beside_each_other_in_one_family() -> None:
    others = replace(FULL, counters=replace(FULL.counters, memory={"MemFree": 1}))  # type: ignore[type-var]  # it has counters
    text = "".join(
        node_exporter.pages([(label("instance", "a"), FULL), (label("instance", "b"), others)])
    )
    headers = [line for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(headers) == len(set(headers)), "a family twice is refused"
    found = shown((label("instance", "a"), FULL), (label("instance", "b"), others))
    assert only(found, ("node_memory_Mem", "node_load1{")) == {
        "node_memory_MemTotal_bytes{instance=a}": 8192.0,
        "node_memory_MemFree_bytes{instance=b}": 1.0,
        "node_load1{instance=a}": 0.5,
        "node_load1{instance=b}": 0.5,
    }


def test_names_of_a_hostile_server_are_text_and_forge_nothing() -> None:
    hostile = replace(
        FULL,
        hostname=NASTY,
        disks=(replace(DISK, mountpoint=NASTY, device=NASTY, fstype=NASTY),),
        network=Network(
            (replace(ETH0, name=NASTY), replace(ETH0, name=NASTY, bytes_sent=99)), 1, 2, 3, 4
        ),
        units=Units(NASTY, (FailedUnit(NASTY, NASTY),)),
        counters=Counters({}, {}, {NASTY: 1, "a b": 2, "Mem{": 3}, {"x\n# HELP": 4}),
    )
    found = shown(("", hostile))
    assert found[f"node_network_transmit_bytes_total{{device={SHOWN}}}"] == 1.0
    assert found[f"node_filesystem_size_bytes{{device={SHOWN},fstype={SHOWN},mountpoint={SHOWN}}}"]
    assert only(found, ("node_memory", "node_vmstat")) == {}


def test_what_is_no_number_is_absent() -> None:
    odd = replace(FULL, load=Load(float("nan"), float("inf"), 1.0))
    assert only(shown(("", odd)), ("node_load",)) == {"node_load15{}": 1.0}


def test_a_server_can_name_only_so_many_things() -> None:
    many = {f"Mem{number}": number for number in range(10_000)}
    flood = replace(FULL, counters=Counters({}, {}, many, {}))
    assert len(only(shown(("", flood)), ("node_memory",))) == 200
