"""One server as ``monserv.v2`` shows it: a document that merge patches can change.

It is what REST lists, with objects where that has lists (disks by mount point,
interfaces by name, processes by pid; each row is the same), and without what would be
null: in a patch, null means that something is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monserv.model.snapshot import ServerView
from monserv.wire import resources
from monserv.wire.encoding import known

_Row = dict[str, Any]
_KEYS = {"disks": "mountpoint", "top_processes_by_memory": "pid"}


def keyed(view: ServerView) -> _Row:
    """Return one server; nothing in it is null, and nobody changes it."""
    state = known(resources.server(view))
    metrics = state.get("metrics")
    if metrics is not None:
        state["metrics"] = _metrics(metrics)
    return state


def _metrics(shown: _Row) -> _Row:
    metrics = known(shown)
    for group, key in _KEYS.items():
        metrics[group] = _by(key, metrics[group])
    network = metrics.get("network")
    if network is not None:
        metrics["network"] = {**network, "interfaces": _by("name", network["interfaces"])}
    return metrics


def _by(key: str, rows: Iterable[_Row]) -> dict[str, _Row]:
    return {str(row[key]): row for row in rows}
