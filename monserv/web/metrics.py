"""``/metrics``: what Prometheus scrapes, of the servers that whoever scrapes may see."""

from __future__ import annotations

from flask import Blueprint, Response

from monserv import __version__
from monserv.web.current import runtime, snapshot
from monserv.wire.exposition import CONTENT_TYPE, Process, exposition

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def scrape() -> Response:
    """Show the newest state in Prometheus' text format."""
    running = runtime()
    process = Process(
        version=__version__,
        clients=running.hub.client_counts(),
        polls=running.polls(),
        is_database_well=running.journal.problem() is None,
    )
    return Response(exposition(snapshot(), process), content_type=CONTENT_TYPE)
