"""The servers as Prometheus' HTTP service discovery reads them."""

from __future__ import annotations

from typing import Any

from monserv.model.server import Server
from monserv.model.snapshot import Snapshot


def targets(snapshot: Snapshot, *, address: str, scheme: str, path: str) -> list[dict[str, Any]]:
    """Return a group for each server that is polled; it needs no relabelling.

    ``address`` is where monserv is reached, ``path`` that of its probe.
    """
    return [
        {"targets": [address], "labels": _labels(view.server, scheme, path)}
        for view in snapshot.servers.values()
        if view.server.is_active
    ]


def _labels(server: Server, scheme: str, path: str) -> dict[str, str]:
    return {
        "__scheme__": scheme,
        "__metrics_path__": path,
        "__param_target": server.id,
        "instance": server.id,
        "server_name": server.name,
        "tags": ",".join(server.tags),
    }
