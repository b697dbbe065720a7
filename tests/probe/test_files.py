"""Files that were printed one after the other are told apart again."""

from __future__ import annotations

import pytest

from monserv.probe import files
from monserv.probe.files import KernelFiles

STAT = "cpu  1 1 1 1\ncpu0 1 1 1 1\nintr 5 0 0\nctxt 7\n"
MEMINFO = "MemTotal:  1000 kB\nMemFree: 8 kB\n"
NET_DEV = "Inter-| Receive\n face |bytes\n  eth0: 1 2 3\n    42: 4 5 6\n"
DISKSTATS = "   8       0 sda 1 2 3\n 253       0 dm-0 1 2 3\n"
PRESSURE = "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n"


@pytest.mark.parametrize(
    "parts",
    [
        (STAT, MEMINFO, NET_DEV, DISKSTATS, PRESSURE),
        (STAT, MEMINFO, NET_DEV, DISKSTATS, ""),
        (STAT, MEMINFO, NET_DEV, "", PRESSURE),
        (STAT, MEMINFO, NET_DEV, "", ""),
        (STAT, MEMINFO, "", DISKSTATS, PRESSURE),
        (STAT, "", NET_DEV, DISKSTATS, PRESSURE),
        ("", MEMINFO, NET_DEV, DISKSTATS, PRESSURE),
        (STAT, "", "", DISKSTATS, ""),
        (STAT, "", "", "", PRESSURE),
        ("", "", "", "", ""),
    ],
)
def test_whatever_is_missing_the_others_are_found(parts: tuple[str, ...]) -> None:
    assert files.cut("".join(parts)) == KernelFiles(*parts)
