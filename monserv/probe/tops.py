"""The largest and the busiest processes of one list of all."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monserv.model.made_often import maker
from monserv.model.sample import LARGE_PERCENT, TOP_PROCESSES, Memory, Process, Processes
from monserv.probe.capabilities import HIDDEN_PROCESSES, NO_PROCESSES, Shortcoming
from monserv.probe.process_table import ProcessRow, ProcessTable
from monserv.probe.processes import busiest, largest
from monserv.probe.reading import Facts
from monserv.probe.seen import Seen


@dataclass(frozen=True, slots=True)
class ProcessList:
    """All processes that were seen at an uptime of the server."""

    uptime_seconds: float
    rows: Sequence[ProcessRow]


@dataclass(frozen=True, slots=True)
class Ticks:
    """What each process of a list had used by then, in columns that others keep anyway."""

    uptime_seconds: float
    pids: array[int]
    started_ticks: array[int]
    cpu_ticks: array[int]

    @classmethod
    def of(cls, listed: ProcessList) -> Ticks:
        """Keep what the next list is compared with."""
        table = ProcessTable.of(listed.rows)
        return cls(listed.uptime_seconds, table.pids, table.started_ticks, table.cpu_ticks)

    def by_process(self) -> dict[tuple[int, int], int]:
        """Return the ticks by pid and start."""
        processes = zip(self.pids, self.started_ticks, strict=True)
        return dict(zip(processes, self.cpu_ticks, strict=True))

    def before(self, table: ProcessTable) -> Sequence[int | None]:
        """Return what each process of a later list had used by then, ``None`` for a new one."""
        if table.pids == self.pids and table.started_ticks == self.started_ticks:
            # Nothing began and nothing ended, as on most servers at most times.
            return self.cpu_ticks
        processes = zip(table.pids, table.started_ticks, strict=True)
        return list(map(self.by_process().get, processes))


@dataclass(frozen=True, slots=True)
class Tops:
    """The rows that are worth showing.

    ``large`` as ``Processes`` has them, ``busy`` with their percent of one core.
    """

    large: tuple[ProcessRow, ...]
    busy: tuple[tuple[ProcessRow, float], ...] | None

    @property
    def shown(self) -> tuple[ProcessRow, ...]:
        """Those whose owner a person sees."""
        return (*self.large[:TOP_PROCESSES], *(row for row, _ in self.busy or ()))


_new_process = maker(Process)
_new_processes = maker(Processes)


def tops(
    now: ProcessList, before: Ticks | None, known: Facts, memory: Memory | None
) -> Tops | Shortcoming:
    """Choose them; ``before`` is the list read before, of the same boot."""
    page = known.page_bytes
    if page is None or memory is None or not now.rows:
        return NO_PROCESSES
    table = ProcessTable.of(now.rows)
    if 1 not in table.pids:
        # The first process is always there; who cannot see it sees only some of the others.
        return HIDDEN_PROCESSES
    busy = None
    if before is not None:
        earlier = before.before(table)
        busy = busiest(earlier, table, before.uptime_seconds, now.uptime_seconds)
    return Tops(largest(table, LARGE_PERCENT / 100.0 * memory.total_bytes / page), busy)


def processes(
    chosen: Tops,
    now: ProcessList,
    known: Facts,
    memory: Memory,
    *,
    owners: Mapping[int, int],
    commands: Mapping[int, str],
) -> Processes:
    """Return the processes.

    ``owners`` maps pid -> numeric user, ``commands`` pid -> command line for those that are
    shown.
    """
    page = known.page_bytes
    assert page is not None

    def process(row: ProcessRow, cpu_percent: float | None) -> Process:
        pid, name, started_ticks, rss_pages, _ = row
        return _new_process(
            pid,
            name,
            _username(known, owners.get(pid)),
            rss_pages * page,
            100.0 * rss_pages * page / memory.total_bytes,
            commands.get(pid, ""),
            started_ticks,
            cpu_percent,
        )

    percents = {row.pid: percent for row, percent in chosen.busy or ()}
    return _new_processes(
        large=tuple([process(row, percents.get(row.pid)) for row in chosen.large]),
        seen=Seen(now.rows, page),
        busy=None
        if chosen.busy is None
        else tuple([process(row, percent) for row, percent in chosen.busy]),
    )


def _username(known: Facts, uid: int | None) -> str:
    """Name an owner; one without a name goes by its number, as ``ps`` shows it."""
    if uid is None:
        return ""
    return known.users.get(uid, str(uid))
