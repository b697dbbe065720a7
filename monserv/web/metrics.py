"""What Prometheus scrapes, of the servers that whoever scrapes may see.

``/metrics`` is everything in one page, ``/probe`` one server as its own node_exporter
would show it, and ``/probe/targets`` tells Prometheus which servers there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, request, url_for

from monserv import __version__
from monserv.clock import give_way
from monserv.model.snapshot import ServerView, Snapshot, Status
from monserv.web import envelope
from monserv.web.current import runtime, snapshot
from monserv.wire import node_exporter, prometheus_targets
from monserv.wire.encoding import encode
from monserv.wire.exposition import CONTENT_TYPE, exposition
from monserv.wire.own_metrics import Process
from monserv.wire.prometheus_text import label

SERVERS = "servers"

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def scrape() -> Response:
    """Show the newest state in Prometheus' text format, monserv's own first.

    As with other exporters, ``collect[]`` picks what is wanted: ``process``, ``servers``.
    """
    running = runtime()
    process = Process(
        version=__version__,
        clients=running.hub.client_counts(),
        polls=running.polls(),
        is_database_well=running.journal.problem() is None,
        traffic=running.hub.traffic(),
        footprints=running.footprints(),
        delivery_restarts=running.notifier.restarts(),
    )
    wanted = request.args.getlist("collect[]")
    shown = snapshot() if not wanted or SERVERS in wanted else None
    return Response(_everything(shown, process), content_type=CONTENT_TYPE)


@metrics.get("/probe")
def probe() -> Response:
    """Show one server as its own node_exporter would; 503 while it is offline."""
    view = snapshot().servers.get(request.args.get("target", ""))
    if view is None:
        return envelope.failure(404, "No server has this id; ?target= takes one.")
    if not _is_told(view):
        return envelope.failure(503, f"{view.server.name} is offline; nothing is known of it.")
    return Response(_pages([("", view)]), content_type=CONTENT_TYPE)


@metrics.get("/probe/targets")
def targets() -> Response:
    """Tell Prometheus which servers there are, as its HTTP service discovery reads it."""
    found = prometheus_targets.targets(
        snapshot(),
        address=runtime().settings.api_host or request.host,
        scheme=request.scheme,
        path=url_for("metrics.probe"),
    )
    return Response(encode(found), content_type="application/json")


def _everything(snapshot: Snapshot | None, process: Process) -> Iterator[bytes]:
    yield exposition(snapshot, process)
    if snapshot is None:
        return
    views = snapshot.servers.values()
    yield from _pages([(label("instance", one.server.id), one) for one in views if _is_told(one)])


def _pages(views: list[tuple[str, ServerView]]) -> Iterator[bytes]:
    """Yield the text in pieces: a thousand servers must not keep the others waiting."""
    samples = [(own, view.sample) for own, view in views if view.sample is not None]
    for page in node_exporter.pages(samples):
        yield page.encode()
        give_way()


def _is_told(view: ServerView) -> bool:
    """Whether its values are news: an old value would look like a new one."""
    return view.sample is not None and view.status is not Status.OFFLINE
