"""The last fifteen minutes, so that a page has a curve as soon as it is opened."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import RAISE

from monserv.web import envelope, polled
from monserv.web.current import snapshot
from monserv.web.resource import Resource
from monserv.wire import examples
from monserv.wire.schemas.answers import TrendsAnswer
from monserv.wire.schemas.filters import TrendFilter
from monserv.wire.schemas.resources import Error

_UNKNOWN = "No server has this id."

trends = Resource(
    "Trends",
    __name__,
    url_prefix="/api/v1",
    description="CPU and memory of the last fifteen minutes, a point a poll.",
)


@trends.get("/trends")
@trends.arguments(TrendFilter, location="query", as_kwargs=True, unknown=RAISE)
@trends.response(
    200,
    TrendsAnswer,
    description="Each server's points, oldest first; null in a gap",
    example=examples.answer(examples.TRENDS, "Trends of 1 server"),
    headers=polled.HEADERS,
)
@polled.or_unchanged(trends)
@trends.alt_response(
    404,
    schema=Error,
    description="No server has this id, or any of these",
    example=examples.failure(404, _UNKNOWN),
)
def list_trends(**query: Any) -> Response:
    """Show the last fifteen minutes of all servers, or of some; who is not there is left out."""
    wanted = query.get("server")
    if wanted is None:
        return polled.response()
    seen = snapshot().servers
    found = {name: seen[name] for name in wanted.split(",") if name in seen}
    return polled.about(found) if found else envelope.failure(404, _UNKNOWN)
