"""Who used disks, who grew and whom the kernel killed."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.model.evidence import DiskUse, Growth, Killed
from monserv.probe import evidence
from monserv.probe.process_table import ProcessRow

IO = (
    "/proc/12/io:read_bytes: {}\n/proc/12/io:write_bytes: {}\n"
    "/proc/12/io:cancelled_write_bytes: 7\n"
    "/proc/13/io:read_bytes: 5\n/proc/13/io:write_bytes: 5\n"
)
ROWS = [ProcessRow(12, "postgres\n", 100, 50), ProcessRow(13, "idle", 100, 50)]


def test_disk_use_is_what_a_process_moved_between_two_readings() -> None:
    before = evidence.disk_counters(IO.format(1000, 2000))
    after = evidence.disk_counters(IO.format(5000, 2000))
    assert before == {12: (1000, 2000), 13: (5, 5)}
    assert evidence.disk_use(before, after, ROWS, 4.0) == (DiskUse(12, "postgres\\x0a", 1000, 0),)


def test_disk_use_of_another_process_with_the_same_pid_is_unknown() -> None:
    before = evidence.disk_counters(IO.format(1000, 2000))
    after = evidence.disk_counters(IO.format(0, 9000))
    assert evidence.disk_use(before, after, ROWS, 4.0) == ()
    assert evidence.disk_use(before, before, ROWS, 0.0) == ()


def test_growth_is_that_of_the_same_process() -> None:
    later = [ProcessRow(12, "postgres", 100, 80), ProcessRow(13, "other", 900, 60)]
    assert evidence.growth(ROWS, later, 4096) == (
        Growth(13, "other", 60 * 4096),
        Growth(12, "postgres", 30 * 4096),
    )
    assert evidence.growth(ROWS, ROWS, 4096) == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "[ 8123.456789] Out of memory: Killed process 4711 (java) total-vm:9kB, anon-rss:8kB",
            Killed(4711, "java", 8123.456789),
        ),
        (
            "[812.4] Memory cgroup out of memory: Killed process 12 (a b) total-vm:9kB",
            Killed(12, "a b", 812.4),
        ),
        (
            "[812.4] Out of memory: Kill process 12 (mysqld) score 9 or sacrifice child",
            Killed(12, "mysqld", 812.4),
        ),
        ("<3>Killed process 12, (mysqld) total-vm:9kB", Killed(12, "mysqld", None)),
    ],
)
def test_whom_the_kernel_killed_is_read_of_each_wording(line: str, expected: Killed) -> None:
    assert evidence.killed(f"[1.0] something else\n{line}\n") == (expected,)


def test_a_log_without_kills_is_not_one_that_may_not_be_read() -> None:
    assert evidence.killed("\n") == ()
    assert evidence.killed("! denied\n") is None


def test_the_last_of_many_are_told() -> None:
    lines = [f"[{pid}.0] Killed process {pid} (x)\n" for pid in range(1, 21)]
    found = evidence.killed("".join(lines))
    assert found is not None
    assert [one.pid for one in found] == list(range(5, 21))


@given(st.text(max_size=300))
def test_no_text_raises(odd: str) -> None:
    for text in (odd, f"/proc/1/io:read_bytes: {odd}", f"[1.0] Killed process 1 ({odd}) {odd}"):
        evidence.disk_counters(text)
        evidence.killed(text)


@pytest.mark.parametrize(
    "unit",
    ["/proc/1/io:read_bytes: 1\n", "[1.0] Killed process ", "Kill process 1 (", "[ ", "<1>", " "],
)
def test_the_worst_text_is_read_in_bounded_time(unit: str) -> None:
    text = unit * (2**20 // len(unit))
    began_at = time.process_time()
    evidence.disk_counters(text)
    evidence.killed(text)
    assert time.process_time() - began_at < 3, os.times()
