"""One table for each short kernel file."""

from __future__ import annotations

import pytest

from monserv.model.sample import Load
from monserv.probe import procfs


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
