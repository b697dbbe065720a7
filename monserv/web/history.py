"""What was: the history of one server, and what is kept of all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from marshmallow import RAISE

from monserv.errors import UnknownServer
from monserv.model.rollup import NAMES, RollupQuery
from monserv.series.trends import SPAN_SECONDS
from monserv.web import envelope
from monserv.web.current import runtime, snapshot
from monserv.web.refusals import declared
from monserv.web.resource import Resource
from monserv.web.words import counted
from monserv.wire import examples, history_examples
from monserv.wire import history as wire
from monserv.wire.schemas.history import (
    SECONDS,
    HistoryAnswer,
    HistoryFilter,
    HistoryTiersAnswer,
)

CSV = "text/csv"
_DEFAULT_RANGE = "1h"

history = Resource(
    "History",
    __name__,
    url_prefix="/api/v1",
    description="What was: each poll of the last fifteen minutes, then averages, least and most "
    "of each minute, ten minutes and hour.",
)


@history.get("/history")
@history.response(
    200,
    HistoryTiersAnswer,
    description="The tiers, finest first, and the metrics that they hold",
    example=examples.answer(history_examples.TIERS, "History of 1 server"),
)
def show_tiers() -> Response:
    """Show what is kept, for how long, and about how large that becomes."""
    servers = len(snapshot().servers)
    kept = wire.tiers(runtime().settings.history, SPAN_SECONDS, servers)
    return envelope.success(kept, f"History of {counted(servers, 'server')}")


@history.get("/servers/<server:server_id>/history")
@history.doc(
    responses={
        200: {"content": {CSV: {"schema": {"type": "string"}, "example": history_examples.CSV}}}
    }
)
@history.arguments(HistoryFilter, location="query", as_kwargs=True, unknown=RAISE)
@history.response(
    200,
    HistoryAnswer,
    description="Each metric at each time, oldest first; null in a gap",
    example=examples.answer(history_examples.HISTORY, "2 points of scadanas"),
)
@declared(history, 404, 503)
def show_history(server_id: str, **query: Any) -> Response:
    """Show what a server's metrics were, at most max_points of each."""
    view = snapshot().servers.get(server_id)
    if view is None:
        raise UnknownServer("No server has this id.")
    found = runtime().history.query(view.server, _query(query))
    if _wants_csv(query.get("format")):
        return Response(wire.table(found), content_type=f"{CSV}; charset=utf-8")
    points = f"{counted(len(found.at), 'point')} of {view.server.name}"
    return envelope.success(wire.history(server_id, found), points)


def _query(query: dict[str, Any]) -> RollupQuery:
    now = runtime().clock.now()
    start: datetime | None = query.get("from_")
    end: datetime = query.get("to") or max(now, start or now)
    return RollupQuery(
        start=start or _before(end, query.get("range", _DEFAULT_RANGE)),
        end=end,
        metrics=query.get("metrics") or NAMES,
        disks=frozenset(query["disk"]) if "disk" in query else None,
        step_seconds=query.get("step"),
        max_points=query["max_points"],
    )


def _before(end: datetime, span: str) -> datetime:
    """Return the beginning of a span such as ``15m``; nothing is older than 1970."""
    seconds = int(span[:-1]) * SECONDS[span[-1]]
    return datetime.fromtimestamp(max(0.0, end.timestamp() - seconds), UTC)


def _wants_csv(named: str | None) -> bool:
    if named is not None:
        return named == "csv"
    return request.accept_mimetypes.best_match([envelope.JSON, CSV]) == CSV
