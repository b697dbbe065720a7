"""/proc/diskstats: which rows are devices, and their rates."""

from __future__ import annotations

import pytest

from monserv.model.hardware import BlockDevice, work
from monserv.probe import blocks

USED = "100 5 2000 40 50 6 4000 80 1 90 120"


def names(*rows: str) -> list[str]:
    found = blocks.rows("".join(f"   8       0 {name} {USED}\n" for name in rows))
    return list(found)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["sda", "sda1", "sda15", "sdb"], ["sda", "sdb"]),
        # More than 26 disks: sdaa is no partition of sda.
        (["sda", "sda1", "sdaa", "sdaa1"], ["sda", "sdaa"]),
        (["nvme0n1", "nvme0n1p1", "nvme0n1p12", "nvme1n1"], ["nvme0n1", "nvme1n1"]),
        # The twelfth name space is none of the first one's partitions.
        (["nvme0n1", "nvme0n12"], ["nvme0n1", "nvme0n12"]),
        (["mmcblk0", "mmcblk0p1", "mmcblk0boot0", "mmcblk0rpmb"], ["mmcblk0"]),
        (["sata1", "sata1p1", "sata12", "synoboot", "synoboot1"], ["sata1", "sata12", "synoboot"]),
        (["xvda1", "xvdb"], ["xvda1", "xvdb"]),
        (["cciss/c0d0", "cciss/c0d0p1", "dasda", "dasda1"], ["cciss/c0d0", "dasda"]),
        (["vda", "vda1", "nbd0", "nbd1", "nbd10"], ["vda", "nbd0", "nbd1", "nbd10"]),
        (["loop0", "loop10", "ram0", "ram10", "zram0", "sr0", "fd0", "mtdblock3"], []),
        (["md0", "md127", "md127p1", "dm-0", "dm-10"], ["md0", "md127", "dm-0", "dm-10"]),
    ],
)
def test_whole_devices_are_told_from_partitions_by_their_names_alone(
    rows: list[str], expected: list[str]
) -> None:
    assert names(*rows) == expected


def test_what_is_made_of_other_devices_says_so() -> None:
    text = "".join(f" 9 0 {name} {USED}\n" for name in ("sda", "md0", "dm-1"))
    layered = {one.name: one.is_layered for one in blocks.devices("", text, 1) or ()}
    assert layered == {"sda": False, "md0": True, "dm-1": True}


@pytest.mark.parametrize("more", ["", " 0 0 0 0", " 0 0 0 0 7 8"])
def test_kernels_with_14_18_and_20_columns(more: str) -> None:
    (disk,) = blocks.devices("", f"   8       0 sda {USED}{more}\n", 4) or ()
    assert (disk.reads_completed, disk.reads_merged, disk.read_bytes) == (100, 5, 2000 * 512)
    assert (disk.writes_completed, disk.writes_merged, disk.written_bytes) == (50, 6, 4000 * 512)
    assert (disk.read_seconds, disk.write_seconds) == (0.04, 0.08)
    assert (disk.io_now, disk.io_seconds, disk.weighted_io_seconds) == (1, 0.09, 0.12)
    assert (disk.read_bytes_rate, disk.written_bytes_rate, disk.used_percent) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("odd\n", []),
        # Partitions of the oldest kernels have four counters, and a row may be cut.
        (f" 8 0 sda {USED}\n 8 1 sda1 1 2 3 4\n 8 16 sdb 1 2 3", ["sda"]),
        # A drive without a medium.
        (" 8 0 sda 0 0 0 0 0 0 0 0 0 0 0\n", []),
        (" 8 0 sda 1 0 0 -4 0 0 0 0 0 0 0\n", []),
        (f" 8 0 sda {'9' * 20} 0 0 0 0 0 0 0 0 0 0\n", []),
        (" 8 0 sda NaN 0 0 0 0 0 0 0 0 0 0\n", []),
    ],
)
def test_odd_rows(text: str, expected: list[str]) -> None:
    assert expected == list(blocks.rows(text))


def test_a_kernel_without_the_file_is_told_from_a_machine_without_disks() -> None:
    assert blocks.devices("", "", 4) is None
    assert blocks.devices("", f" 7 0 loop0 {USED}\n", 4) == ()


def test_a_flood_of_devices_is_bounded() -> None:
    assert len(names(*(f"vd{'a' * 9}{n}x" for n in range(5000)))) == blocks.MAX_BLOCK_DEVICES


BEFORE = [100, 0, 1000, 0, 100, 0, 1000, 0, 0, 1000, 0]


def later(after: list[int], seconds: float = 4) -> BlockDevice:
    before, now = (f" 8 0 sda {' '.join(map(str, row))}\n" for row in (BEFORE, after))
    (disk,) = blocks.devices(before, now, seconds) or ()
    return disk


def test_rates_are_bytes_over_the_server_s_own_time() -> None:
    disk = later([110, 0, 1800, 0, 120, 0, 2600, 0, 0, 2000, 0])
    assert (disk.read_bytes_rate, disk.written_bytes_rate) == (800 * 128, 1600 * 128)
    assert disk.used_percent == 25.0


def test_a_device_is_never_busy_for_more_than_all_the_time() -> None:
    assert later([100, 0, 1000, 0, 100, 0, 1000, 0, 0, 9999, 0]).used_percent == 100.0


@pytest.mark.parametrize("column", [0, 2, 4, 6, 9])
def test_a_counter_that_went_back_gives_no_rate_for_that_step(column: int) -> None:
    disk = later([*BEFORE[:column], BEFORE[column] - 1, *BEFORE[column + 1 :]])
    assert (disk.read_bytes_rate, disk.written_bytes_rate, disk.used_percent) == (None, None, None)


def test_there_is_no_rate_when_no_time_passed() -> None:
    assert later(BEFORE, 0).used_percent is None


def test_what_devices_did_is_told_before_anybody_looks_at_them_and_is_the_same() -> None:
    text = "".join(f"   8       0 {name} {USED}\n" for name in ("sda", "sda1", "dm-0", "md0"))
    found = blocks.devices("", text, 4.0)
    assert found is not None
    assert {"sda": (2000 * 512, 4000 * 512, 0.09)} == work(found) == work(tuple(found))
