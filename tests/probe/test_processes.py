"""Rows of /proc/<pid>/stat, whatever a process calls itself."""

from __future__ import annotations

import pytest

from monserv.probe import processes
from monserv.probe.process_table import ProcessRow


def row(pid: int = 7, name: str = "sh", started: int = 31, rss: int = 100, ticks: int = 1) -> str:
    numbers = [1] * 49
    numbers[10] = ticks
    numbers[18], numbers[20] = started, rss
    return f"{pid} ({name}) S {' '.join(map(str, numbers))}\n"


@pytest.mark.parametrize(
    "name",
    [
        "sh",
        "",
        "a b",
        "x) R 1",
        "a) S 1 2 3 4 5 6",
        "(((",
        ")))",
        ") S 1\n9 (evil",
        "a\nb",
        "<b>x</b>",
        "\udcff\udcfe",
        "kworker/u257:3-events_freezable_power_efficient_and_more_of_that",
    ],
)
def test_a_name_hides_no_row_and_forges_none(name: str) -> None:
    text = row(1) + row(7, name) + row(9)
    assert processes.rows(text) == (
        ProcessRow(1, "sh", 31, 100, 2),
        ProcessRow(7, name, 31, 100, 2),
        ProcessRow(9, "sh", 31, 100, 2),
    )


def test_a_row_that_was_cut_ends_the_reading_and_is_not_read() -> None:
    assert processes.rows(row(1) + row(2)[:-30]) == (ProcessRow(1, "sh", 31, 100, 2),)
    assert processes.rows("cat: no such file\n" + row(1)) == ()


def test_numbers_that_no_machine_has_are_passed_over() -> None:
    text = row(1, rss=10**19) + row(2, started=10**19) + row(3, rss=-1) + row(4)
    assert [found.pid for found in processes.rows(text)] == [3, 4]


def test_the_five_largest_come_largest_first_with_inert_names() -> None:
    text = "".join(row(pid, f"p{pid}\x1b", rss=pid * 10) for pid in range(1, 9))
    top = processes.largest(processes.rows(text))
    assert [(one.pid, one.name) for one in top] == [
        (pid, f"p{pid}\\x1b") for pid in (8, 7, 6, 5, 4)
    ]


def test_all_of_at_least_so_many_pages_come_too() -> None:
    rows = processes.rows("".join(row(pid, rss=pid * 10) for pid in range(1, 9)))
    assert [one.pid for one in processes.largest(rows, 20)] == [8, 7, 6, 5, 4, 3, 2]
    assert [one.pid for one in processes.largest(rows, 50)] == [8, 7, 6, 5, 4]
    assert processes.largest((), 50) == ()


def test_a_name_that_looks_like_rows_hides_and_forges_none() -> None:
    text = row(1) + row(7, name="a\n1 (b") + row(8, name="x (y) z") + row(9)
    assert [(found.pid, found.name) for found in processes.rows(text)] == [
        (1, "sh"),
        (7, "a\n1 (b"),
        (8, "x (y) z"),
        (9, "sh"),
    ]
    assert [found.pid for found in processes.rows(row(1) + row(8, name="x (y) z"))] == [1, 8]


def test_a_row_that_lacks_a_number_shifts_none() -> None:
    short = row(7).replace("S 1 1 ", "S 1  ")
    assert processes.rows(row(1) + short) == (ProcessRow(1, "sh", 31, 100, 2),)


def test_owners_are_numbers() -> None:
    assert processes.owners("1 0\n22 1000\nx 1\n3 -1\n4 99999999999\n") == {1: 0, 22: 1000}


def busy(before: str, after: str, seconds: float = 10) -> list[tuple[int, float]]:
    earlier = {(one.pid, one.started_ticks): one.cpu_ticks for one in processes.rows(before)}
    now = processes.rows(after)
    known = [earlier.get((one.pid, one.started_ticks)) for one in now]
    found = processes.busiest(known, now, 100, 100 + seconds)
    return [(one.pid, percent) for one, percent in found]


def test_the_busiest_are_those_that_ran_most_in_between() -> None:
    before = row(1, ticks=900_000) + row(2, ticks=10) + row(3, ticks=10)
    after = row(1, ticks=900_000) + row(2, ticks=260) + row(3, ticks=2510)
    assert busy(before, after) == [(3, 250.0), (2, 25.0)]


def test_a_process_that_began_in_between_ran_all_its_time_in_between() -> None:
    assert busy("", row(5, started=10_100, ticks=499)) == [(5, 50.0)]
    # One that is only seen for the first time has no rate yet.
    assert busy("", row(5, started=9_000, ticks=499)) == []


def test_another_process_of_the_same_pid_is_not_the_one_before() -> None:
    before, after = row(5, started=31, ticks=100), row(5, started=10_050, ticks=199)
    assert busy(before, after) == [(5, 20.0)]


def test_no_time_and_times_that_no_machine_has_give_no_percent() -> None:
    assert busy(row(5), row(5, ticks=99), 0) == []
    assert busy(row(5), row(5, ticks=10**18)) == []
    assert busy(row(5, ticks=99), row(5, ticks=9)) == []
