"""``GET /api/state``: one bare object, for scripts that have polled it for years."""

from __future__ import annotations

from flask import Response, request

from monserv.web import envelope
from monserv.web.current import runtime, snapshot
from monserv.web.resource import Resource
from monserv.wire import examples
from monserv.wire import legacy as wire

legacy = Resource("State", __name__, description="All servers in one object, for scripts.")


@legacy.get("/api/state")
@legacy.response(
    200,
    {
        "type": "object",
        "description": "Masked URL of the server -> its metrics",
        "additionalProperties": {"$ref": "#/components/schemas/StateMetrics"},
    },
    description="All servers that ever gave a sample, without an envelope",
    example=examples.STATE,
    headers={"ETag": {"schema": {"type": "string"}, "description": "Changes with the state"}},
)
@legacy.alt_response(304, description="Nothing has changed since the given ETag")
def show_state() -> Response:
    """Show the state of all servers; If-None-Match with an earlier ETag is answered with 304."""
    seen = snapshot()
    tag = f"{runtime().epoch}-{seen.version}"
    response = Response(content_type=envelope.JSON)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    if request.if_none_match.contains_weak(tag):
        response.status_code = 304
        return response
    response.set_data(wire.encode(seen))
    return response
