"""Numbers for those who compute with them themselves."""

from __future__ import annotations

from monserv.probe import counters, files
from monserv.probe.cpu import cpu_times

STAT = (
    "cpu  4 3 2 1\ncpu0 4 3 2 1\nintr 115 7 0 0 9\nctxt 991\nbtime 1767225600\n"
    "processes 4242\nprocs_running 2\nprocs_blocked 0\nsoftirq 77 1 2 3\n"
)


def test_the_single_numbers_of_proc_stat() -> None:
    assert counters.kernel_numbers(STAT) == {
        "ctxt": 991,
        "btime": 1767225600,
        "processes": 4242,
        "procs_running": 2,
        "procs_blocked": 0,
        "intr": 115,
        "softirq": 77,
    }


def test_what_is_no_number_is_left_out() -> None:
    assert counters.kernel_numbers(f"\nctxt {'9' * 19}\nbtime -1\nprocesses 1x\nintr 5") == {
        "intr": 5
    }
    assert counters.kernel_numbers("xctxt 5\n") == {}


def test_events_are_those_that_were_asked_for() -> None:
    vmstat = "nr_free_pages 5\npgpgin 1\npgpgout 2\npswpin 3\npswpout 4\npgfault 5\noom_kill 6\n"
    assert counters.events(vmstat + "pgmajfault x\n") == {
        "pgpgin": 1,
        "pgpgout": 2,
        "pswpin": 3,
        "pswpout": 4,
        "pgfault": 5,
        "oom_kill": 6,
    }


def test_everything_is_there_when_somebody_asks() -> None:
    text = files.cut(STAT + "MemTotal: 2 kB\n")
    found = counters.counters(text.stat, text.meminfo, cpu_times(text.stat), {"oom_kill": 3})
    assert found.cpu_ticks == {0: (4, 3, 2, 1)}
    assert found.kernel["ctxt"] == 991
    assert (found.memory, found.events) == ({"MemTotal": 2048}, {"oom_kill": 3})


def test_without_cpu_rows_there_are_no_ticks() -> None:
    assert dict(counters.counters("", "", None, {}).cpu_ticks) == {}
