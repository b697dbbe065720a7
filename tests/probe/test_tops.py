"""Which processes are shown, and what is kept of a list until the next one."""

from __future__ import annotations

from monserv.model.sample import Memory
from monserv.probe import capabilities, tops
from monserv.probe.process_table import ProcessRow
from monserv.probe.reading import Facts

FACTS = Facts("nas", "", 4096, {0: "root"}, None)
MEMORY = Memory(2**30, 0, 2**30, 0.0)


def listed(uptime: float, *rows: ProcessRow) -> tops.ProcessList:
    return tops.ProcessList(uptime, rows)


def test_what_is_kept_of_a_list_is_enough_for_the_next_one() -> None:
    first = listed(100.0, ProcessRow(1, "init", 5, 9, 70), ProcessRow(7, "db", 50, 900, 2**70))
    kept = tops.Ticks.of(first)
    assert kept.by_process() == {(1, 5): 70, (7, 50): 2**63 - 1}
    columns = (kept.pids, kept.started_ticks, kept.cpu_ticks)
    assert sum(one.itemsize * len(one) for one in columns) == 2 * 24


def test_the_busiest_are_those_of_the_time_between_two_lists() -> None:
    first = listed(100.0, ProcessRow(1, "init", 5, 9, 70), ProcessRow(7, "db", 50, 900, 0))
    second = listed(120.0, ProcessRow(1, "init", 5, 9, 70), ProcessRow(7, "db", 50, 900, 500))
    chosen = tops.tops(second, tops.Ticks.of(first), FACTS, MEMORY)
    assert isinstance(chosen, tops.Tops)
    assert chosen.busy == ((ProcessRow(7, "db", 50, 900, 500), 25.0),)
    found = tops.processes(chosen, second, FACTS, MEMORY, owners={7: 0}, commands={7: "db -x"})
    assert [(one.name, one.username, one.cmdline) for one in found.busy or ()] == [
        ("db", "root", "db -x")
    ]
    assert [(one.pid, one.cpu_percent) for one in found.top] == [(7, 25.0), (1, None)]


def test_a_list_without_the_first_process_is_one_of_which_some_are_hidden() -> None:
    only_own = listed(100.0, ProcessRow(7, "db", 50, 900, 0))
    assert tops.tops(only_own, None, FACTS, MEMORY) is capabilities.HIDDEN_PROCESSES
    assert tops.tops(listed(100.0), None, FACTS, MEMORY) is capabilities.NO_PROCESSES
