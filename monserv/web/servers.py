"""The servers, and the metrics of one."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response

from monserv.errors import UnknownServer
from monserv.model.quality import Quality
from monserv.model.snapshot import ServerView
from monserv.web import envelope, lookup, polled
from monserv.web.current import runtime, snapshot
from monserv.web.refusals import declared
from monserv.web.resource import Resource
from monserv.web.words import counted
from monserv.wire import detailed_examples, examples, resources
from monserv.wire.details import details
from monserv.wire.footprint import footprint
from monserv.wire.footprint_example import FOOTPRINT
from monserv.wire.quality import capabilities
from monserv.wire.schemas.answers import (
    CapabilitiesAnswer,
    DetailedServerAnswer,
    FootprintAnswer,
    MetricsAnswer,
    ServersAnswer,
)
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
    headers=polled.HEADERS,
)
@polled.or_unchanged(servers)
def list_servers() -> Response:
    """List all servers with their status and their metrics."""
    return polled.response()


@servers.get("/servers/<server:server_id>")
@servers.response(
    200,
    DetailedServerAnswer,
    description="The server with its status and all of its metrics",
    example=examples.answer(detailed_examples.SERVER, "scadanas"),
)
@declared(servers, 404)
def show_server(server_id: str) -> Response:
    """Show one server, with details that the list leaves out."""
    view = _known(server_id)
    shown = resources.server(view, partial(details, now=runtime().clock.now()))
    limits = resources.thresholds(runtime().settings.thresholds)
    return envelope.success({**shown, "thresholds": limits}, view.server.name)


@servers.get("/servers/<server:server_id>/capabilities")
@servers.response(
    200,
    CapabilitiesAnswer,
    description="What each group of metrics is worth, empty before the first complete sample",
    example=examples.answer(detailed_examples.CAPABILITIES, "scadanas: 1 of 4 groups in order"),
)
@declared(servers, 404)
def show_capabilities(server_id: str) -> Response:
    """Show what one server can report, and what would mend what it cannot."""
    view = _known(server_id)
    if view.sample is None:
        return envelope.success({}, f"No sample of {view.server.name} yet")
    shown = capabilities(view.sample, runtime().clock.now())
    fine = sum(group["quality"] == Quality.OK for group in shown.values())
    return envelope.success(
        shown, f"{view.server.name}: {fine} of {counted(len(shown), 'group')} in order"
    )


def _known(server_id: str) -> ServerView:
    view = snapshot().servers.get(server_id)
    if view is None:
        raise UnknownServer("No server has this id.")
    return view


@servers.get("/servers/<server:server_id>/footprint")
@servers.response(
    200,
    FootprintAnswer,
    description="What watching the server costs it; null while it is paused",
    example=examples.answer(FOOTPRINT, "Footprint on scadanas"),
)
@declared(servers, 404)
def show_footprint(server_id: str) -> Response:
    """Show what watching one server costs it: bytes, programs, CPU time, logins."""
    view = _known(server_id)
    found = runtime().footprints().get(server_id)
    if found is None:
        return envelope.success(None, f"{view.server.name} is not polled")
    return envelope.success(footprint(found), f"Footprint on {view.server.name}")


@servers.get("/servers/metrics")
@servers.arguments(ServerUrl, location="query", as_kwargs=True, error_status_code=400)
@servers.response(
    200,
    MetricsAnswer,
    description="The server's metrics, null before its first complete sample",
    example=examples.answer(detailed_examples.METRICS, "Metrics of scadanas"),
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
    """Show one server's metrics, with details that the list leaves out.

    A password in the url is neither compared nor logged.
    """
    view = lookup.by_url(snapshot(), query["url"].strip())
    if view is None:
        return envelope.failure(404, _UNKNOWN)
    if view.sample is None:
        return envelope.success(None, f"No sample of {view.server.name} yet")
    return envelope.success(
        details(view.sample, runtime().clock.now()), f"Metrics of {view.server.name}"
    )
