"""What a run of fan_out says; the run itself is no test."""

from __future__ import annotations

from bench.fan_out import report, results
from bench.fan_out.crowd import Arrival
from bench.fan_out.peers import FLOOR, GO
from bench.fan_out.product import NAME
from bench.fan_out.results import Results
from bench.fan_out.sizes import SIZES


def found(floor_cpu_ms: int, our_cpu_ms: int = 4) -> Results:
    made = Results(5)
    for size in SIZES:
        for name, cpu_ms in ((FLOOR, floor_cpu_ms), (GO, 10), (NAME, our_cpu_ms)):
            ms = 10 if name == GO else 4
            told = Arrival(100, 5, 0, ms * 1_000_000, cpu_ms * 1_000_000, p50=1, p99=2)
            made.add(size, name, [told])
    return made


def test_goals_are_held_against_what_was_found() -> None:
    assert results.missed(found(4)) == []
    assert results.missed(found(4, our_cpu_ms=8)) == [
        *(f"{size} to 5 clients, CPU: monserv is 2.00 x {FLOOR}, not 1.3" for size in SIZES),
        f"2.5 KB to 5 clients, CPU: monserv is 0.80 x {GO}, not 0.6",
        f"12 KB to 5 clients, CPU: monserv is 0.80 x {GO}, not 0.6",
    ]


def test_a_server_that_was_done_before_its_first_byte_was_read_is_no_measure() -> None:
    quick = found(0)
    assert results.ratios(quick, "12 KB", NAME, FLOOR, cpu=True) == []
    assert "?" in report.broadcasts(quick)
    assert results.missed(quick) == [f"{size} to 5 clients, CPU: nobody can tell" for size in SIZES]
