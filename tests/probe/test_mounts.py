"""Which mounts are worth a row."""

from __future__ import annotations

import pytest

from monserv.probe.mounts import MAX_MOUNTS, Mount, mounts


def line(
    mountpoint: str = "/",
    *,
    device_number: str = "8:1",
    root: str = "/",
    options: str = "rw,relatime",
    optional: str = " shared:1",
    kind: str = "ext4 /dev/sda1 rw",
) -> str:
    return f"36 35 {device_number} {root} {mountpoint} {options}{optional} - {kind}\n"


def paths(*lines: str) -> list[str]:
    return [mount.mountpoint for mount in mounts("".join(lines))]


def test_a_file_system_has_its_device_type_and_mount_point() -> None:
    assert mounts(line()) == (Mount("/dev/sda1", "/", "ext4", read_only=False),)


@pytest.mark.parametrize("optional", ["", " shared:1", " shared:1 master:2", " unbindable"])
def test_optional_fields_are_passed_over(optional: str) -> None:
    assert paths(line("/data", optional=optional)) == ["/data"]


@pytest.mark.parametrize(
    ("written", "real"),
    [
        ("/a\\040b", "/a b"),
        ("/a\\011b", "/a\tb"),
        ("/a\\012b", "/a\nb"),
        ("/a\\134b", "/a\\b"),
        ("/a\\134040", "/a\\040"),
        ("/100%", "/100%"),
        ("/😀", "/😀"),
        ("/\u202etxt", "/\u202etxt"),
        ("/<script>alert(1)</script>", "/<script>alert(1)</script>"),
        ("/\udcff", "/\udcff"),
        ("/-", "/-"),
    ],
)
def test_a_mount_point_is_what_the_kernel_means(written: str, real: str) -> None:
    assert paths(line(written)) == [real]


@pytest.mark.parametrize(
    "kind",
    [
        "proc proc rw",
        "tmpfs tmpfs rw",
        "cgroup2 cgroup2 rw",
        "squashfs /dev/loop3 ro",
        "nsfs nsfs rw",
    ],
)
def test_what_nobody_can_fill_is_left_out(kind: str) -> None:
    assert paths(line("/x", kind=kind)) == []


@pytest.mark.parametrize(
    "kind", ["nfs4 nas:/vol rw", "zfs tank/home rw", "fuse.sshfs me@host: rw", "btrfs /dev/sdb rw"]
)
def test_remote_and_pooled_file_systems_are_shown(kind: str) -> None:
    assert paths(line("/x", kind=kind)) == ["/x"]


def test_a_device_is_shown_once_where_its_root_is_mounted() -> None:
    bind = line("/b", root="/srv/b")
    assert paths(bind, line("/data/of/all")) == ["/data/of/all"]
    assert paths(line("/data/of/all"), bind) == ["/data/of/all"]
    assert paths(line("/long/er"), line("/short")) == ["/short"]


def test_btrfs_subvolumes_are_one_disk() -> None:
    kind = "btrfs /dev/sda2 rw,subvol=/@"
    home = line("/home", device_number="0:27", root="/@home", kind=kind)
    assert paths(line("/", device_number="0:27", root="/@", kind=kind), home) == ["/"]


def test_an_overlay_is_a_disk_only_as_the_root_of_a_container() -> None:
    kind = "overlay overlay rw,lowerdir=/l,upperdir=/u"
    assert paths(line("/", device_number="0:50", kind=kind)) == ["/"]
    assert paths(line("/var/lib/docker/overlay2/x/merged", device_number="0:50", kind=kind)) == []


def test_what_is_mounted_later_hides_what_was_there() -> None:
    over = line("/mnt", device_number="8:2", kind="xfs /dev/sdb1 rw")
    assert mounts(line("/mnt") + over) == (Mount("/dev/sdb1", "/mnt", "xfs", read_only=False),)
    hidden = line("/mnt", device_number="0:9", kind="tmpfs tmpfs rw")
    assert paths(line("/mnt"), hidden) == []


@pytest.mark.parametrize(
    ("options", "super_options", "read_only"),
    [
        ("rw", "rw", False),
        ("ro,nosuid", "rw", False),
        ("rw", "ro", True),
        ("rw", "rw,errors=remount-ro", False),
    ],
)
def test_read_only_is_that_of_the_file_system_and_not_of_the_mount(
    options: str, super_options: str, read_only: bool
) -> None:
    (mount,) = mounts(line(options=options, kind=f"ext4 /dev/sda1 {super_options}"))
    assert mount.read_only is read_only


def test_a_file_system_without_a_name_is_shown() -> None:
    assert mounts(line("/x", kind="fuse  rw")) == (Mount("", "/x", "fuse", read_only=False),)


@pytest.mark.parametrize(
    "broken", ["", "36 35 8:1 / /x rw - ext4\n", "36 35 8:1 /\n", "x" * 65536, "a - b - c\n"]
)
def test_a_broken_line_is_no_mount(broken: str) -> None:
    assert paths(broken) == []


def test_paths_with_a_newline_come_last_because_df_may_print_a_forged_row_for_them() -> None:
    odd = line("/a\\012b", device_number="8:2")
    assert paths(odd, line("/c", device_number="8:3")) == ["/c", "/a\nb"]


def test_a_flood_of_mounts_is_bounded() -> None:
    many = (line(f"/{number}", device_number=f"9:{number}") for number in range(2000))
    assert len(mounts("".join(many))) == MAX_MOUNTS


def test_a_path_that_no_kernel_has_is_passed_over() -> None:
    rows = [f"2{size} 1 8:{size} / /{'x' * size} rw - ext4 /dev/x rw" for size in (4095, 4096)]
    assert [len(mount.mountpoint) for mount in mounts("\n".join(rows))] == [4096]
