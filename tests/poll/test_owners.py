"""Who owns a process is asked once, also when it is not shown for a while."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from monserv.clock import ManualClock
from monserv.poll.owners import MOST_REMEMBERED, Owners
from monserv.poll.shells import Shells
from monserv.poll.watchdog import Watchdog
from monserv.probe.process_table import ProcessRow


class _Asker:
    """A shell on which each process is its own user's; ``asked`` is a list of each question."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def marker(self) -> str:
        return "M"

    def say(self, line: str, _limit_at: float) -> None:
        self.asked.append([int(pid) for pid in line.split()[2:]])

    def answer(self, _marker: str, _limit_at: float) -> dict[str, str]:
        # One of them has ended meanwhile.
        return {"owners": "".join(f"{pid} {1000 + pid}\n" for pid in self.asked[-1] if pid != 13)}


class _Shown:
    """Asks for the owners of processes that all began at boot, unless said otherwise."""

    def __init__(self) -> None:
        self.asker = _Asker()
        self._owners = Owners(cast("Shells", SimpleNamespace(asker=self.asker)))
        self._limit = Watchdog(ManualClock()).limit(8)

    def owners(self, *pids: int, started_ticks: int = 0) -> dict[int, int]:
        rows = [ProcessRow(pid, "name", started_ticks, 0) for pid in pids]
        return self._owners.of(rows, self._limit)


def test_only_processes_that_are_new_are_asked_about() -> None:
    shown = _Shown()
    assert shown.owners(1, 2) == {1: 1001, 2: 1002}
    assert shown.owners(1, 2) == {1: 1001, 2: 1002}
    assert shown.owners(2, 3) == {2: 1002, 3: 1003}
    assert shown.asker.asked == [[1, 2], [3]]


def test_one_that_comes_back_is_not_asked_about_again() -> None:
    shown = _Shown()
    shown.owners(1, 2)
    shown.owners(1)
    assert shown.owners(1, 2) == {1: 1001, 2: 1002}
    assert shown.asker.asked == [[1, 2]]


def test_another_process_under_the_same_number_is_asked_about() -> None:
    shown = _Shown()
    shown.owners(1)
    shown.owners(2)
    assert shown.owners(1, started_ticks=5) == {1: 1001}
    assert shown.asker.asked == [[1], [2], [1]]


def test_one_that_ended_has_no_owner_and_is_asked_about_as_long_as_it_is_listed() -> None:
    shown = _Shown()
    assert shown.owners(12, 13) == shown.owners(12, 13) == {12: 1012}
    assert shown.asker.asked == [[12, 13], [13]]


def test_of_those_that_were_shown_the_latest_are_remembered_and_no_more() -> None:
    shown = _Shown()
    pids = range(100, 100 + 2 * MOST_REMEMBERED)
    for pid in pids:
        shown.owners(pid)
    shown.owners(1)
    shown.asker.asked.clear()
    shown.owners(*pids)
    assert shown.asker.asked == [list(pids[:-MOST_REMEMBERED])]
