"""/proc/meminfo, old and new, and the cache of ZFS."""

from __future__ import annotations

import pytest

from monserv.model.sample import Memory
from monserv.probe import memory
from monserv.probe.numbers import KIB

ARC = "13 1 0x01 98 26656 1\nname type data\nhits 4 1\nc_min 4 1000\nsize 4 {size}\nc_max 4 9999\n"


def read(meminfo: str, zfs_cache: int | None = None) -> Memory | None:
    return memory.memory(meminfo, zfs_cache)


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
        ("MemTotal:100 kB\nMemAvailable:25 kB\n", Memory(100 * KIB, 75 * KIB, 25 * KIB, 75.0)),
        ("MemTotal: 100 kB\nXMemAvailable: 30 kB\n", None),
        ("MemTotal: 100 kB\nMemAvailable: -30 kB\n", None),
        ("MemTotal: 100 kB\nMemAvailable: NaN kB\n", None),
        ("MemTotal: 100 kB\nMemAvailable: 1.5 kB\n", None),
        ("MemTotal: 0 kB\nMemAvailable: 0 kB\n", None),
        ("MemTotal: 100 MB\nMemAvailable: 30 MB\n", None),
        (f"MemTotal: {'9' * 20} kB\nMemAvailable: 30 kB\n", None),
        ("", None),
    ],
)
def test_memory(meminfo: str, expected: Memory | None) -> None:
    assert expected == read(meminfo)


BASE = "MemTotal: 1000 kB\nMemAvailable: 250 kB\n"


def test_cached_is_what_the_kernel_could_drop() -> None:
    found = read(BASE + "Buffers: 10 kB\nCached: 200 kB\nShmem: 50 kB\nSReclaimable: 40 kB\n")
    assert found is not None
    assert found.cached_bytes == 200 * KIB


def test_more_shared_memory_than_cache_is_no_negative_cache() -> None:
    found = read(BASE + "Buffers: 0 kB\nCached: 20 kB\nShmem: 50 kB\n")
    assert found is not None
    assert found.cached_bytes == 0


@pytest.mark.parametrize(
    ("swap", "expected"),
    [
        ("SwapTotal: 100 kB\nSwapFree: 60 kB\n", (100 * KIB, 40 * KIB)),
        ("SwapTotal: 0 kB\nSwapFree: 0 kB\n", (0, 0)),
        ("SwapTotal: 100 kB\nSwapFree: 160 kB\n", (100 * KIB, 0)),
        ("SwapTotal: 100 kB\n", (None, None)),
        ("", (None, None)),
    ],
)
def test_swap(swap: str, expected: tuple[int | None, int | None]) -> None:
    found = read(BASE + swap)
    assert found is not None
    assert expected == (found.swap_total_bytes, found.swap_used_bytes)


def test_the_cache_of_zfs_counts_as_free_and_as_cache() -> None:
    found = read(BASE + "Buffers: 10 kB\nCached: 90 kB\n", 500 * KIB)
    assert found is not None
    assert (found.free_bytes, found.used_percent, found.cached_bytes) == (
        750 * KIB,
        25.0,
        600 * KIB,
    )


@pytest.mark.parametrize(
    ("arcstats", "expected"),
    [
        (ARC.format(size=5000), 4000),
        (ARC.format(size=10), 0),
        (ARC.format(size=-1), None),
        ("size 4 5000\n", None),
        ("", None),
    ],
)
def test_zfs_gives_back_what_is_above_its_least_size(arcstats: str, expected: int | None) -> None:
    assert expected == memory.zfs_cache_bytes(arcstats)


def test_a_container_does_not_count_the_cache_of_its_host() -> None:
    own = "621 598 0:49 /proc/meminfo /proc/meminfo rw shared:1 - fuse.lxcfs lxcfs rw\n"
    assert memory.zfs_cache_bytes(ARC.format(size=5000), own) is None


def test_all_fields_are_kept_in_bytes_and_counts_as_they_are() -> None:
    found = memory.fields("Active(anon):   3 kB\nHugePages_Total:   7\nDirectMap1G: 1 kB\nodd\n")
    assert found == {"Active(anon)": 3 * KIB, "HugePages_Total": 7, "DirectMap1G": KIB}


def test_a_flood_of_fields_is_bounded() -> None:
    assert len(memory.fields("".join(f"f{n}: 1 kB\n" for n in range(9999)))) == memory.MAX_FIELDS
