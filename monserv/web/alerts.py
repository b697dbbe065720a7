"""The alerts that are active, and the journal of all."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import RAISE

from monserv.errors import StorageError
from monserv.model.history import HistoryQuery
from monserv.model.snapshot import Snapshot
from monserv.web import envelope, lookup, polled
from monserv.web.current import access, runtime, snapshot
from monserv.web.resource import Resource
from monserv.web.words import counted, sentence
from monserv.wire import examples, resources
from monserv.wire.schemas.answers import ActiveAlertsAnswer, AlertPageAnswer
from monserv.wire.schemas.filters import AlertFilter
from monserv.wire.schemas.resources import Error

alerts = Resource(
    "Alerts",
    __name__,
    url_prefix="/api/v1",
    description="What is wrong now, and what was: every alert is a row in the journal.",
)


@alerts.get("/alerts/active")
@alerts.response(
    200,
    ActiveAlertsAnswer,
    description="All active alerts, newest first; an empty list when there are none",
    example=examples.answer([examples.ALERT], "1 active alert"),
    headers=polled.HEADERS,
)
@polled.or_unchanged(alerts)
def list_active_alerts() -> Response:
    """List the alerts that are active now."""
    return polled.response()


@alerts.get("/alerts")
@alerts.arguments(AlertFilter, location="query", as_kwargs=True, unknown=RAISE)
@alerts.response(
    200,
    AlertPageAnswer,
    description="One page of the journal, newest first",
    example=examples.answer(
        {"alerts": [examples.ALERT], "total": 21, "page": 1, "page_size": 100}, "1 of 21 alerts"
    ),
)
@alerts.alt_response(
    503,
    schema=Error,
    description="The database does not answer; active alerts are known all the same",
    example=examples.failure(503, "The disk is full."),
)
def list_alerts(**query: Any) -> Response:
    """List alerts of the journal, active and resolved, newest first."""
    wanted = _query(query, snapshot())
    try:
        page = runtime().journal.history(wanted)
    except StorageError as error:
        return envelope.failure(503, sentence(str(error)))
    message = f"{len(page.alerts)} of {counted(page.total, 'alert')}"
    return envelope.success(resources.history(page, wanted), message)


def _query(query: dict[str, Any], seen: Snapshot) -> HistoryQuery:
    return HistoryQuery(
        active=query["state"] == "active" if "state" in query else None,
        server_id=_server_id(query["server"], seen) if "server" in query else None,
        type=query.get("type"),
        severity=query.get("severity"),
        triggered_from=query.get("from_"),
        triggered_to=query.get("to"),
        text=query.get("text"),
        seen_ids=frozenset(seen.servers) if access().tags else None,
        page=query["page"],
        page_size=query["page_size"],
    )


def _server_id(text: str, seen: Snapshot) -> str:
    """Return the id that a server's id or URL stands for.

    The journal also knows servers that are watched no more, by their ids alone.
    """
    view = lookup.by_url(seen, text)
    return text if view is None else view.server.id
