"""The largest processes of one list of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monserv.model.sample import LARGE_PERCENT, Memory, Process, Processes
from monserv.probe.capabilities import NO_PROCESSES, Shortcoming
from monserv.probe.processes import ProcessRow, largest
from monserv.probe.reading import Facts


def processes(
    known: Facts,
    rows: Sequence[ProcessRow],
    memory: Memory | None,
    owners: Mapping[int, int],
) -> Processes | Shortcoming:
    """Return the processes; ``owners`` maps pid -> numeric user for those that are shown."""
    page = known.page_bytes
    if page is None or memory is None or not rows:
        return NO_PROCESSES
    pages = LARGE_PERCENT / 100.0 * memory.total_bytes / page
    large = tuple(
        Process(
            pid=row.pid,
            name=row.name,
            username=_username(known, owners.get(row.pid)),
            rss_bytes=row.rss_pages * page,
            percent_ram=100.0 * row.rss_pages * page / memory.total_bytes,
            cmdline="",
            started_ticks=row.started_ticks,
        )
        for row in largest(rows, pages)
    )
    return Processes(large, {row.pid: (row.started_ticks, row.rss_pages * page) for row in rows})


def _username(known: Facts, uid: int | None) -> str:
    """Name an owner; one without a name goes by its number, as ``ps`` shows it."""
    if uid is None:
        return ""
    return known.users.get(uid, str(uid))
