"""The servers, and the metrics of one."""

from __future__ import annotations

from typing import Any

from flask import Response

from monserv.errors import UnknownServer
from monserv.web import envelope, lookup
from monserv.web.current import snapshot
from monserv.web.refusals import declared
from monserv.web.resource import Resource
from monserv.web.words import counted
from monserv.wire import examples, resources
from monserv.wire.metrics import metrics
from monserv.wire.schemas.answers import MetricsAnswer, ServerAnswer, ServersAnswer
from monserv.wire.schemas.filters import NO_URL, ServerUrl
from monserv.wire.schemas.resources import Error

_UNKNOWN = "No server has this URL."

servers = Resource(
    "Servers",
    __name__,
    url_prefix="/api/v1",
    description="The monitored machines, and what their last samples say.",
)


@servers.get("/servers")
@servers.response(
    200,
    ServersAnswer,
    description="All servers, in the order in which they were configured",
    example=examples.answer({"servers": [examples.SERVER], "total": 1}, "1 server"),
)
def list_servers() -> Response:
    """List all servers with their status and their metrics."""
    shown = resources.servers(snapshot())
    return envelope.success(shown, counted(shown["total"], "server"))


@servers.get("/servers/<server:server_id>")
@servers.response(
    200,
    ServerAnswer,
    description="The server with its status and its metrics",
    example=examples.answer(examples.SERVER, "scadanas"),
)
@declared(servers, 404)
def show_server(server_id: str) -> Response:
    """Show one server."""
    view = snapshot().servers.get(server_id)
    if view is None:
        raise UnknownServer("No server has this id.")
    return envelope.success(resources.server(view), view.server.name)


@servers.get("/servers/metrics")
@servers.arguments(ServerUrl, location="query", as_kwargs=True, error_status_code=400)
@servers.response(
    200,
    MetricsAnswer,
    description="The server's metrics, null before its first complete sample",
    example=examples.answer(examples.METRICS, "Metrics of scadanas"),
)
@servers.alt_response(
    400,
    schema=Error,
    description="No url was given, or an endless one",
    example=examples.failure(400, NO_URL, {"url": [NO_URL]}),
)
@servers.alt_response(
    404,
    schema=Error,
    description="No server has this URL",
    example=examples.failure(404, _UNKNOWN),
)
def show_metrics(**query: Any) -> Response:
    """Show one server's metrics.

    A password in the url is neither compared nor logged.
    """
    view = lookup.by_url(snapshot(), query["url"].strip())
    if view is None:
        return envelope.failure(404, _UNKNOWN)
    if view.sample is None:
        return envelope.success(None, f"No sample of {view.server.name} yet")
    return envelope.success(metrics(view.sample), f"Metrics of {view.server.name}")
