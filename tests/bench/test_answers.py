"""What wrk says is read, and what it brought is held against the goals."""

from __future__ import annotations

import pytest

from bench.answers import load, report
from bench.answers.load import Load
from bench.answers.report import Row

SAID = """\
Running 2s test @ http://127.0.0.1:18904/api/state
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     8.93ms    4.74ms  36.64ms   63.42%
    Req/Sec     1.81k   140.33     2.00k    70.00%
  4000 requests in 2.01s, 362.10MB read
Requests/sec:   1990.05
Transfer/sec:    180.15MB
"""


def test_what_wrk_says_is_read() -> None:
    assert load.read(SAID, 1.5) == Load(1990.05, 375.0)


@pytest.mark.parametrize(
    "fault",
    [
        "  Non-2xx or 3xx responses: 12\n",
        "  Socket errors: connect 0, read 3, write 0, timeout 0\n",
    ],
)
def test_a_run_with_errors_is_no_run(fault: str) -> None:
    with pytest.raises(SystemExit, match=fault.strip()):
        load.read(SAID.replace("Requests/sec", f"{fault}Requests/sec"), 1.5)


def test_a_run_without_an_answer_is_no_run() -> None:
    with pytest.raises(SystemExit, match="unable to connect"):
        load.read("unable to connect to 127.0.0.1:1 Connection refused\n", 0.0)


def row(name: str, *cpu_microseconds: float) -> Row:
    loads = [Load(100.0, each) for each in cpu_microseconds]
    return Row(name, 10, loads, [Load(100.0, 600.0) for _ in loads])


def test_a_goal_is_held_against_the_core_s_time_in_the_middle_of_the_rounds() -> None:
    rows = [row("/api/state, unchanged", 900.0, 320.0, 300.0), row("/api/state", 700.0)]
    assert report.missed(rows) == [
        "1429 answers a core's second of /api/state, and 1500 are wanted"
    ]


def test_what_was_not_measured_is_missed() -> None:
    assert len(report.missed([])) == len(report.GOALS)


def test_the_table_has_a_line_for_each_kind_of_answer() -> None:
    lines = report.text([row("/api/state", 300.0, 400.0, 200.0)], 100).splitlines()
    assert lines[2].split() == [
        "/api/state",
        "10",
        "100",
        "300",
        "3333",
        "600",
        "2.00",
        "(1.50-3.00)",
    ]
