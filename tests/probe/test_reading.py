"""From captured answers to samples, and from spoiled ones to nothing worse than a gap."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.model.sample import Load, Sample
from monserv.probe import (
    blocks,
    containers,
    counters,
    cpu,
    disks,
    files,
    interfaces,
    logins,
    memory,
    mounts,
    pressure,
    processes,
    procfs,
    reading,
    sections,
    sensors,
    system,
    text,
    units,
)
from tests.probe.answers import FOLDER, MARKER, captured, later, sample


def taken(name: str) -> Sample:
    first = captured(name)
    found = sample(first, later(first))
    assert found is not None
    return found


def test_a_captured_debian_is_read_whole() -> None:
    found = taken("debian")
    assert found.problems == ()
    assert found.hostname == "nas"
    assert found.boot_id == "0b0d1f0e-5d6a-4a3c-9a54-3f8b4a6f6a11"
    assert found.uptime_seconds == 6462
    assert found.load == Load(0.07, 0.09, 0.41)
    assert found.cpu is not None
    assert (found.cpu.cores, found.cpu.used_percent, found.cpu.model_name) == (2, 25, "AMD EPYC")
    assert found.memory is not None
    assert found.memory.total_bytes == 24684096 * 1024
    assert found.memory.free_bytes == 24283140 * 1024
    assert found.memory.used_percent == pytest.approx(1.624, abs=0.001)


def test_its_only_disk_is_the_root() -> None:
    (disk,) = taken("debian").disks or ()
    assert (disk.device, disk.mountpoint, disk.fstype) == ("/dev/vda", "/", "ext4")
    assert disk.total_bytes == 264212084 * 1024
    assert disk.used_bytes == 23708628 * 1024
    assert disk.free_bytes == 82682284 * 1024
    assert disk.used_percent == pytest.approx(22.285, abs=0.001)
    assert not disk.read_only


def test_its_largest_processes_have_names_owners_and_bytes() -> None:
    found = taken("debian").processes
    assert found is not None
    assert [(row.pid, row.name, row.username) for row in found.top] == [
        (1, "systemd", "root"),
        (1092, "bash", ""),
        (3352, "bash", ""),
        (3496, "bash", ""),
        (11067, "bash", ""),
    ]
    first = found.top[0]
    assert first.rss_bytes == 4182 * 4096
    assert first.percent_ram == pytest.approx(100 * 4182 * 4096 / (24684096 * 1024))
    assert first.cmdline == ""
    assert found.seen[1] == (31, 4182 * 4096)
    assert len(found.seen) == 17


def test_its_network_is_its_only_hardware_interface_and_loopback_is_left_out() -> None:
    network = taken("debian").network
    assert network is not None
    assert [row.name for row in network.interfaces] == ["ifb0", "ifb1", "eth0"]
    assert (network.total_bytes_recv, network.total_bytes_sent) == (284863778, 486139)
    assert (network.bytes_recv_rate, network.bytes_sent_rate) == (0, 0)


def test_a_captured_busybox_is_read_whole() -> None:
    found = taken("busybox")
    assert found.problems == ()
    assert [(disk.device, disk.mountpoint) for disk in found.disks or ()] == [("/dev/vda", "/")]
    assert found.cpu is not None
    assert found.cpu.cores == 2


@pytest.mark.parametrize(
    ("section", "group"),
    [
        ("load", "load"),
        ("processes", "processes"),
        ("page", "processes"),
    ],
)
def test_a_group_that_is_missing_is_none_and_said(section: str, group: str) -> None:
    first = captured("debian")
    del first[section]
    found = sample(first, later(first))
    assert found is not None
    assert getattr(found, group) is None
    assert [problem.split(":")[0] for problem in found.problems] == [group]


def test_a_machine_without_memavailable_has_no_memory_group_rather_than_a_wrong_one() -> None:
    first = captured("debian")
    first["counters"] = first["counters"].replace("MemAvailable", "MemWhatever")
    found = sample(first, later(first))
    assert found is not None
    assert found.memory is None
    assert found.cpu is not None
    assert any(problem.startswith("memory:") for problem in found.problems)


def test_an_answer_that_is_not_of_a_linux_proc_is_no_reading() -> None:
    assert reading.reading({}) is None
    assert reading.reading({"uptime": "1.00 1.00\n"}) is None
    crlf = {name: part.replace("\n", "\r\n") for name, part in captured("debian").items()}
    assert reading.reading(crlf) is None


def test_an_owner_without_a_name_goes_by_its_number() -> None:
    first = captured("debian")
    first["owners"] = "1 0\n1092 4242\n"
    found = sample(first, later(first))
    assert found is not None
    assert found.processes is not None
    assert [row.username for row in found.processes.top[:3]] == ["root", "4242", ""]


def test_a_process_of_one_percent_of_the_memory_is_large_but_five_are_shown() -> None:
    first = captured("debian")
    kib = int(re.search(r"MemTotal: +(\d+)", first["counters"])[1])
    pages = -(-kib // 400)  # of 4 KiB, a hundredth of them, rounded up
    first["processes"] = "".join(
        f"{pid} (p{pid}) S {' '.join(['1'] * 20)} {size} {' '.join(['1'] * 28)}\n"
        for pid, size in enumerate([pages - 1, *[pages] * 7], start=1)
    )
    found = sample(first, later(first))
    assert found is not None
    assert found.processes is not None
    assert [row.pid for row in found.processes.large] == [2, 3, 4, 5, 6, 7, 8]
    assert [row.pid for row in found.processes.top] == [2, 3, 4, 5, 6]
    assert len(found.processes.seen) == 8


def numbers(value: Any) -> list[float]:
    """Return every number within ``value``."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [getattr(value, field.name) for field in dataclasses.fields(value)]
        return [number for field in fields for number in numbers(field)]
    if isinstance(value, Mapping):
        return [number for pair in value.items() for part in pair for number in numbers(part)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [number for part in value for number in numbers(part)]
    return [value] if isinstance(value, int | float) else []


def strings(value: Any) -> list[str]:
    """Return every string within ``value``."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [getattr(value, field.name) for field in dataclasses.fields(value)]
        return [text for field in fields for text in strings(field)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


def assert_sane(found: Sample | None) -> None:
    if found is None:
        return
    assert all(math.isfinite(number) and number >= 0 for number in numbers(found))
    for one in strings(found):
        assert len(one) <= 6 * text.PATH_LIMIT
        one.encode()
        assert text.clean(one, len(one)) == one
    for percent in (
        found.cpu and found.cpu.used_percent,
        found.memory and found.memory.used_percent,
    ):
        assert percent is None or 0 <= percent <= 100


RECORDINGS = {name: (FOLDER / f"{name}.txt").read_bytes() for name in ("debian", "busybox")}
PIECES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b"\r", b"\x00", b"NaN", b"-1", b"1e9", b" ", b"\n", b"9" * 20, b"\xff\xfe"]),
    st.sampled_from([b"MARK end\n", b"MARK counters\n", b") R 1", b"\x1b[31m", b"<b>", b"0"]),
)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(RECORDINGS)))
def test_no_mutated_recording_raises_or_gives_an_absurd_number(
    data: st.DataObject, name: str
) -> None:
    answer = RECORDINGS[name]
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(answer)))
        end = start + data.draw(st.sampled_from([0, 0, 1, 2, 5, 40, 2000]))
        answer = answer[:start] + data.draw(PIECES) + answer[end:]
    spoiled, good = sections.cut(answer, MARKER), captured(name)
    assert_sane(sample(good, spoiled))
    assert_sane(sample(spoiled, later(good)))
    assert_sane(sample(spoiled, spoiled))


ODD = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=" 0123456789\n\\-:/()%Rcpukb", max_size=300),
)


@settings(max_examples=300, deadline=None)
@given(odd=ODD)
def test_no_parser_raises_on_any_text(odd: str) -> None:
    for parser in (
        cpu.cpu_times,
        cpu.core_ticks,
        memory.memory,
        memory.fields,
        memory.zfs_cache_bytes,
        interfaces.interfaces,
        blocks.rows,
        pressure.pressure,
        counters.kernel_numbers,
        counters.events,
        files.cut,
        sensors.temperatures,
        units.units,
        logins.logins,
        procfs.hardware_interfaces,
        procfs.uptime_seconds,
        procfs.load,
        procfs.page_bytes,
        procfs.users,
        processes.rows,
        processes.owners,
        mounts.mounts,
        text.clean,
    ):
        parser(odd)
    procfs.model_name(odd, odd)
    disks.disks(odd, mounts.mounts("1 1 8:1 / / rw - ext4 /dev/sda1 rw"))
    disks.inodes(odd, mounts.mounts("1 1 8:1 / / rw - ext4 /dev/sda1 rw"))
    containers.containers(odd, "docker")
    system.system(odd, odd)
    answer = dict.fromkeys(("counters", "uptime", "mounts", "processes", "load", "boot"), odd)
    reading.reading(answer)
    reading.facts(dict.fromkeys(("hostname", "model", "device_tree", "page", "users"), odd))
    sections.cut(odd.encode("utf-8", "surrogatepass"), odd or "x")
