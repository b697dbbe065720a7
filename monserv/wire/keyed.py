"""One server as ``monserv.v2`` shows it: a document that merge patches can change.

It is what REST lists, with objects where that has lists (disks by mount point,
interfaces by name, processes by pid; each row is the same), without what would be
null (in a patch, null means that something is gone) and what it tells twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from monserv.model.sample import Sample
from monserv.model.snapshot import ServerView
from monserv.wire import resources
from monserv.wire.encoding import known
from monserv.wire.metrics import metrics

# What REST tells under two names; here each change would be told twice.
REPEATED = frozenset({"available_bytes"})

_Row = dict[str, Any]
_Kept = tuple[object, _Row]


class States:
    """Makes states, which nobody changes; safe for threads.

    Disks and processes are read every few polls, and shown at each: between two readings
    a server's states share them, and who compares states sees at once that they do.
    """

    def __init__(self) -> None:
        self._disks: dict[str, _Kept] = {}
        self._processes: dict[str, _Kept] = {}

    def state(self, view: ServerView) -> _Row:
        """Return one server; nothing in it is null."""
        sample, server_id = view.sample, view.server.id
        shown = resources.server(replace(view, sample=None))
        state = {name: value for name, value in shown.items() if value is not None}
        if sample is not None:
            state["metrics"] = self._metrics(sample, server_id)
        return state

    def forget_others(self, server_ids: Collection[str]) -> None:
        """Keep nothing of servers that are watched no more."""
        for kept in (self._disks, self._processes):
            for gone in [each for each in tuple(kept) if each not in server_ids]:
                kept.pop(gone, None)

    def _metrics(self, sample: Sample, server_id: str) -> _Row:
        # A kept value is replaced as a whole, so threads see what belongs together.
        disks, processes = self._disks.get(server_id), self._processes.get(server_id)
        has_disks = disks is not None and disks[0] is sample.disks
        has_processes = processes is not None and processes[0] is sample.processes
        shown = known(
            metrics(
                replace(
                    sample,
                    disks=None if has_disks else sample.disks,
                    processes=None if has_processes else sample.processes,
                )
            )
        )
        if disks is None or not has_disks:
            disks = self._disks[server_id] = sample.disks, _by("mountpoint", shown["disks"])
        if processes is None or not has_processes:
            rows = _by("pid", shown["top_processes_by_memory"])
            processes = self._processes[server_id] = sample.processes, rows
        shown["disks"], shown["top_processes_by_memory"] = disks[1], processes[1]
        if (memory := shown.get("memory")) is not None:
            shown["memory"] = {key: each for key, each in memory.items() if key not in REPEATED}
        if (network := shown.get("network")) is not None:
            shown["network"] = {**network, "interfaces": _by("name", network["interfaces"])}
        return shown


def keyed(view: ServerView) -> _Row:
    """Return one state of one server."""
    return States().state(view)


def _by(key: str, rows: Iterable[_Row]) -> dict[str, _Row]:
    return {str(row[key]): row for row in rows}
