"""Rows of df, joined with the mounts that were asked about."""

from __future__ import annotations

import time

import pytest

from monserv.model.sample import Inodes
from monserv.probe.disks import disks, inodes, shown_path, with_inodes
from monserv.probe.mounts import Mount

HEAD = "Filesystem     1024-blocks     Used Available Capacity Mounted on\n"


def mount(path: str, device: str = "/dev/sda1", *, read_only: bool = False) -> Mount:
    return Mount(device, path, "ext4", read_only)


def row(path: str, total: int = 1000, used: int = 300, free: int = 600) -> str:
    return f"/dev/sda1 {total} {used} {free} 34% {path}\n"


def shown(df: str, *paths: str) -> list[tuple[str, int]]:
    found = disks(HEAD + df, [mount(path) for path in paths])
    return [(disk.mountpoint, disk.total_bytes) for disk in found]


def test_a_row_gives_bytes_and_the_percent_that_df_means() -> None:
    (disk,) = disks(HEAD + row("/"), [mount("/")])
    assert (disk.total_bytes, disk.used_bytes, disk.free_bytes) == (1024000, 307200, 614400)
    assert disk.used_percent == pytest.approx(100 * 300 / 900)


def test_a_disk_over_its_reserve_is_full() -> None:
    (disk,) = disks(row("/", 1000, 990, -5), [mount("/")])
    assert (disk.free_bytes, disk.used_percent) == (0, 100)


def test_rows_are_joined_in_order_and_one_that_df_left_out_shifts_nothing() -> None:
    assert shown(row("/", 1) + row("/c", 3), "/", "/b", "/c") == [("/", 1024), ("/c", 3072)]


def test_a_file_system_without_blocks_has_no_row() -> None:
    assert shown("x 0 0 0 - /x\n" + row("/y"), "/x", "/y") == [("/y", 1024000)]


@pytest.mark.parametrize(
    "path", ["/a b", "/a  b ", "/100%", "/😀", "/\u202etxt", "/<b>", "/1 2 3 4% /"]
)
def test_an_odd_mount_point_gets_its_own_row(path: str) -> None:
    assert disks(row(path) + row("/z"), [mount(path), mount("/z")])[0].total_bytes == 1024000


@pytest.mark.parametrize(
    ("path", "printed"),
    [
        ("/a\nb", "/a?b"),  # GNU
        ("/a\nb", "/a\nb"),  # BusyBox, which breaks the row
        ("/a\tb\x1b[31m", "/a?b?[31m"),
        ("/é", "/?"),
        ("/é", "/??"),
        ("/\udcff", "/?"),
    ],
)
def test_a_disguised_mount_point_is_recognised(path: str, printed: str) -> None:
    found = disks(row("/") + row(printed, 7), [mount("/"), mount(path)])
    assert [disk.total_bytes for disk in found] == [1024000, 7168]


def test_names_are_inert_and_bounded() -> None:
    path, device = "/" + "x" * 65536, "\x1b[2J\u202e"
    (disk,) = disks(row(path), [mount(path, device)])
    assert (disk.device, disk.mountpoint) == ("\\x1b[2J\\u202e", "/" + "x" * 1022 + "…2b284c45")


def test_no_two_mount_points_have_one_name() -> None:
    long = "/" + "x" * 1023
    paths = ["/a\tb", "/a\\x09b", "/a\\\\x09b", long, long + "y", long + "z", "/" + "\\" * 1000]
    names = [shown_path(mount(path)) for path in paths]
    assert len(set(names)) == len(paths)
    assert names[0] == "/a\\x09b"
    assert all(len(name) <= 1032 for name in names)


@pytest.mark.parametrize("letter", ["a", "é"])
def test_names_made_to_be_compared_without_end_take_no_time(letter: str) -> None:
    asked = [mount(f"/{letter * 1700}{number:04d}y") for number in range(512)]
    df = "".join(row(f"/{'?' * 1700}{number:04d}z") for number in range(576))
    began_at = time.process_time()
    assert disks(df, asked) is None
    assert time.process_time() - began_at < 0.5


def test_many_odd_names_in_their_order_are_all_found() -> None:
    paths = [f"/données-{number:03d}" for number in range(500)]
    df = "".join(row(path.replace("é", "??")) for path in paths)
    assert [disk.mountpoint for disk in disks(df, [mount(path) for path in paths])] == paths


def test_a_row_forged_in_a_name_takes_no_other_disk_s_place() -> None:
    evil = "/mnt/a\nfake 100 99 1 99% /real"
    df = row("/real", 5) + row(evil, 7)
    assert shown(df, "/real", evil)[0] == ("/real", 5120)
    assert len(shown(df, "/real", evil)) == 2


def test_a_row_under_another_mount_of_the_device_is_found_by_the_device() -> None:
    asked = [mount("/", "/dev/vda"), mount("/boot", "/dev/vdb"), mount("/data", "/dev/vdc")]
    toybox = (
        "/dev/vda         1000 300 600  34% /run/netns\n"
        "/dev/vdb         2000 300 600  34% /boot\n"
        "/dev/vdc         3000 300 600  34% /mnt/again\n"
    )
    assert [(one.mountpoint, one.total_bytes) for one in disks(HEAD + toybox, asked)] == [
        ("/", 1024000),
        ("/boot", 2048000),
        ("/data", 3072000),
    ]


def test_a_row_forged_under_the_device_of_another_disk_comes_too_late() -> None:
    evil = "/mnt/a\n/dev/vda 1 1 1 99% /nowhere"
    asked = [mount("/real", "/dev/vda"), mount(evil, "/dev/vdb")]
    df = "/dev/vda 5 1 4 20% /real\n" + f"/dev/vdb 7 1 6 20% {evil}\n"
    found = disks(HEAD + df, asked)
    assert (found[0].mountpoint, found[0].total_bytes) == ("/real", 5120)
    assert [one.total_bytes for one in found[1:]] == [7168]


def test_a_device_with_spaces_and_numbers_does_not_shift_the_columns() -> None:
    assert shown("//nas/my share 2 1000 300 600 34% /x\n", "/x") == [("/x", 1024000)]
    assert shown("//nas/my share 1000 300 600 34% /x\n", "/x") == [("/x", 1024000)]


@pytest.mark.parametrize(
    "text", ["", "df: /x: Permission denied\n", "x NaN 1 1 1% /\n", f"x {'9' * 40} 1 1 1% /\n"]
)
def test_what_is_no_row_is_passed_over(text: str) -> None:
    assert shown(text + row("/z"), "/", "/z") == [("/z", 1024000)]
    assert disks(HEAD + text, [mount("/")]) is None


def test_where_nothing_was_asked_nothing_is_unknown() -> None:
    assert disks("", []) == ()


def test_read_only_is_kept() -> None:
    (disk,) = disks(row("/"), [mount("/", read_only=True)])
    assert disk.read_only


INODES = (
    "Filesystem     Inodes IUsed IFree IUse% Mounted on\n"
    "/dev/sda1        1000   250   750   25% /\n"
    "/dev/sdb1           0     0     0     - /btrfs\n"
    "/dev/sdc1          10    12     0  100% /over\n"
)


def test_inodes_are_joined_by_mount_point() -> None:
    asked = [mount("/"), mount("/btrfs"), mount("/over")]
    found = inodes(INODES, asked)
    assert found == {"/": Inodes(1000, 250, 25.0), "/over": Inodes(10, 10, 100.0)}
    shown = with_inodes(disks(row("/") + row("/btrfs"), asked) or (), found)
    assert [disk.inodes for disk in shown] == [Inodes(1000, 250, 25.0), None]


def test_a_df_without_inodes_tells_none() -> None:
    assert inodes("df: unrecognized option: i\n", [mount("/")]) is None
    assert inodes("", []) == {}
