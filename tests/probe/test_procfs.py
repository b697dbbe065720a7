"""One table for each kernel file."""

from __future__ import annotations

import pytest

from monserv.model.sample import Interface, Load, Memory
from monserv.probe import procfs
from monserv.probe.procfs import CpuTimes

KIB = 1024
HEAD = " face |bytes    packets errs drop fifo frame compressed multicast|bytes ...\n"


@pytest.mark.parametrize(
    ("stat", "expected"),
    [
        ("cpu  10 1 5 80 4 0 0 0 0 0\ncpu0 10 1 5 80 4 0 0 0 0 0\n", CpuTimes(100, 84, 1)),
        ("cpu 10 1 5 80\ncpu0 1\ncpu7 1\n", CpuTimes(96, 80, 2)),
        # Guest time (the ninth and tenth) is part of user time already.
        ("cpu  10 1 5 80 4 0 0 0 7 3\ncpu0 1\n", CpuTimes(100, 84, 1)),
        # A kernel to come may have more of them.
        ("cpu  10 1 5 80 4 0 0 0 7 3 9 9\ncpu0 1\n", CpuTimes(100, 84, 1)),
        ("intr 5\ncpu  10 1 5 80 4 0 0 0\ncpu0 1\n", CpuTimes(100, 84, 1)),
        ("cpu  10 1 5\ncpu0 1\n", None),
        ("cpu  10 1 5 80 4 0 0 0\n", None),
        ("cpu  10 1 NaN 80 4 0 0 0\ncpu0 1\n", None),
        ("cpu  10 -1 5 80 4 0 0 0\ncpu0 1\n", None),
        (f"cpu  10 1 5 {'9' * 30} 4 0 0 0\ncpu0 1\n", None),
        ("cpu  10 1 5 80 4 0 0 0\r\ncpu0 1\r\n", None),
        ("", None),
    ],
)
def test_cpu_times(stat: str, expected: CpuTimes | None) -> None:
    assert expected == procfs.cpu_times(stat)


def test_512_cores_are_counted() -> None:
    cores = "".join(f"cpu{n} 1 1 1 1\n" for n in range(512))
    assert procfs.cpu_times(f"cpu  10 1 5 80\n{cores}") == CpuTimes(96, 80, 512)


@pytest.mark.parametrize(
    ("meminfo", "expected"),
    [
        (
            "MemTotal:  1000 kB\nMemFree:  1 kB\nMemAvailable:  250 kB\n",
            Memory(1000 * KIB, 750 * KIB, 250 * KIB, 75.0),
        ),
        # A container may claim more to be available than there is.
        ("MemTotal: 100 kB\nMemAvailable: 300 kB\n", Memory(100 * KIB, 0, 100 * KIB, 0.0)),
        ("MemTotal: 100 kB\nMemFree: 30 kB\n", None),
        ("MemTotal: 0 kB\nMemAvailable: 0 kB\n", None),
        ("MemTotal: 100 MB\nMemAvailable: 30 MB\n", None),
        (f"MemTotal: {'9' * 20} kB\nMemAvailable: 30 kB\n", None),
        ("", None),
    ],
)
def test_memory(meminfo: str, expected: Memory | None) -> None:
    assert expected == procfs.memory(meminfo)


def test_interfaces_have_both_directions_and_loopback_is_left_out() -> None:
    rows = (
        "    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
        "  eth0: 100 2 3 4 5 6 7 8 900 10 11 12 13 14 15 16\n"
    )
    assert procfs.interfaces(HEAD + rows) == (
        Interface(
            name="eth0",
            bytes_recv=100,
            packets_recv=2,
            errors_in=3,
            drops_in=4,
            bytes_sent=900,
            packets_sent=10,
            errors_out=11,
            drops_out=12,
        ),
    )


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ("eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", ["eth0"]),
        ("eth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", ["eth0:1"]),
        ("<b>x</b>: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", ["<b>x</b>"]),
        ("\x1b[31m: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", ["\\x1b[31m"]),
        # A row that was cut must not be read with other counters in their places.
        ("eth0: 12345678901 2345678901 3456 4567 5678", []),
        ("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", []),
        ("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", []),
        (f"eth0: {'9' * 20} 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", []),
        ("eth0: -1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", []),
    ],
)
def test_odd_interface_rows(row: str, names: list[str]) -> None:
    assert [one.name for one in procfs.interfaces(f"{HEAD}{row}\n")] == names


def test_an_interface_name_of_64_kib_is_cut_with_a_mark() -> None:
    (row,) = procfs.interfaces("x" * 65536 + ": " + " ".join(["1"] * 16))
    assert row.name == "x" * 255 + "…"


def test_a_flood_of_interfaces_is_bounded() -> None:
    rows = "".join(f"e{n}: {' '.join(['1'] * 16)}\n" for n in range(5000))
    assert len(procfs.interfaces(rows)) == procfs.MAX_INTERFACES


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ("/sys/class/net/eth0/device\n/sys/class/net/wlan0/device\n", {"eth0", "wlan0"}),
        ("/sys/class/net/*/device\n", set()),
        ("", set()),
        ("/etc/passwd\n", set()),
    ],
)
def test_hardware_interfaces(links: str, expected: set[str]) -> None:
    assert procfs.hardware_interfaces(links) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("6458.84 11563.80\n", 6458.84), ("0.00 0.00\n", 0.0), ("-1.00 0\n", None), ("NaN", None)],
)
def test_uptime(text: str, expected: float | None) -> None:
    assert expected == procfs.uptime_seconds(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.07 0.09 10.41 1/88 14728\n", Load(0.07, 0.09, 10.41)),
        ("0,07 0,09 10,41 1/88 14728\n", None),
        ("nan inf 1.00 1/1 1\n", None),
        ("", None),
    ],
)
def test_load(text: str, expected: Load | None) -> None:
    assert expected == procfs.load(text)


@pytest.mark.parametrize(
    ("cpuinfo", "device_tree", "expected"),
    [
        ("model name\t: AMD EPYC 7763\n", "", "AMD EPYC 7763"),
        ("", "Raspberry Pi 4 Model B Rev 1.4\0\n", "Raspberry Pi 4 Model B Rev 1.4"),
        ("Hardware\t: BCM2835\n", "Raspberry Pi\0", "BCM2835"),
        ("", "", ""),
        ("model name\t: \x1b[2Jx\n", "", "\\x1b[2Jx"),
    ],
)
def test_model_name(cpuinfo: str, device_tree: str, expected: str) -> None:
    assert expected == procfs.model_name(cpuinfo, device_tree)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4 kB\n", 4096), ("       64 kB\n", 65536), ("4 MB\n", None), ("", None), ("99999 kB", None)],
)
def test_page_size(text: str, expected: int | None) -> None:
    assert expected == procfs.page_bytes(text)


def test_users_are_named_by_the_first_of_several_rows() -> None:
    passwd = (
        "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n"
        "+::::::\nbroken\n<i>:x:7:7::/:/bin/sh\nhuge:x:99999999999:1::/:\n"
    )
    assert procfs.users(passwd) == {0: "root", 7: "<i>"}
