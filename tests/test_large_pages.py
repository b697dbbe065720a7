"""Memory that is large and in use is moved to large pages; in a process of its own."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from monserv import large_pages

MIB = 2**20
SWITCH = Path("/sys/kernel/mm/transparent_hugepage/enabled")

FILLS_ITS_MEMORY = """
from gevent import monkey
monkey.patch_all()
import pathlib, re, sys, time
from monserv import large_pages

large_pages._SWITCH = pathlib.Path(sys.argv[1])
kept = [b"%400d" % number for number in range(200_000)]

def on_large_pages():
    rolled_up = pathlib.Path("/proc/self/smaps_rollup").read_text()
    return int(re.search(r"AnonHugePages: +(\\d+)", rolled_up)[1]) // 1024

before = on_large_pages()
large_pages.keep(0.05)
give_up_at = time.monotonic() + float(sys.argv[2])
while on_large_pages() < before + 32 and time.monotonic() < give_up_at:
    time.sleep(0.05)
assert all(int(each) == number for number, each in enumerate(kept))
print("moved" if on_large_pages() >= before + 32 else "left alone")
"""


def may_move() -> bool:
    """Whether the kernel does on demand what is tested here: Linux 6.1, and not turned off."""
    since = tuple(int(part) for part in platform.release().split(".", 2)[:2])
    return since >= (6, 1) and SWITCH.exists() and "[never]" not in SWITCH.read_text()


def region(start: int, nbytes: int, used: int, *, rights: str = "rw-p", name: str = "") -> str:
    return (
        f"{start:08x}-{start + nbytes:08x} {rights} 00000000 00:00 0 {name:>30}\n"
        f"Size: {nbytes // 1024:10} kB\nKernelPageSize:        4 kB\nRss: {used // 1024:10} kB\n"
        f"Pss:                   0 kB\nVmFlags: rd wr mr mw me ac\n"
    )


def outcome(switch: Path, seconds: float) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FILLS_ITS_MEMORY, str(switch), str(seconds)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def test_regions_in_use_are_moved_page_by_page_as_far_as_whole_pages_go() -> None:
    smaps = region(31 * MIB, 64 * MIB, 60 * MIB) + region(
        200 * MIB, 3 * MIB, 3 * MIB, name="[heap]"
    )
    assert large_pages.worth_it(smaps) == [(32 * MIB, 62 * MIB), (200 * MIB, 2 * MIB)]


@pytest.mark.parametrize(
    "other",
    [
        region(500 * MIB, 8 * MIB, 1 * MIB),
        region(500 * MIB, 8 * MIB, 8 * MIB, rights="rw-s"),
        region(500 * MIB, 8 * MIB, 8 * MIB, name="[stack]"),
        region(501 * MIB, 2 * MIB, 2 * MIB),
        region(500 * MIB, 8 * MIB, 8 * MIB, name="/usr/lib/libc.so.6"),
    ],
    ids=["nearly empty", "shared", "the stack", "no whole page", "a file"],
)
def test_the_rest_is_left_alone(other: str) -> None:
    large = region(32 * MIB, 64 * MIB, 64 * MIB)
    assert large_pages.worth_it(other + large) == [(32 * MIB, 64 * MIB)]


def test_a_small_process_is_left_alone() -> None:
    assert large_pages.worth_it(region(32 * MIB, 30 * MIB, 30 * MIB)) == []


@pytest.mark.skipif(not may_move(), reason="this kernel moves nothing to large pages")
def test_a_large_process_is_moved_and_keeps_what_it_holds(tmp_path: Path) -> None:
    allowed = tmp_path / "enabled"
    allowed.write_text("always [madvise] never\n")
    assert outcome(allowed, 30) == "moved\n"


@pytest.mark.parametrize("text", ["always madvise [never]\n", None], ids=["turned off", "unknown"])
def test_it_is_not_where_large_pages_are_turned_off(tmp_path: Path, text: str | None) -> None:
    switch = tmp_path / "enabled"
    if text is not None:
        switch.write_text(text)
    assert outcome(switch, 0.5) == "left alone\n"
