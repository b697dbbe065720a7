"""``/api/state`` and ``/api/test-alert``: bare objects, for scripts that are years old."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Request, Response
from flask_smorest import Blueprint, abort
from webargs.flaskparser import FlaskParser

from monserv.feed import seeing
from monserv.model.alert import Kind
from monserv.web import envelope, polled
from monserv.web.current import access, runtime
from monserv.web.refusals import declared
from monserv.wire import examples, messages
from monserv.wire import legacy as wire
from monserv.wire.encoding import encode
from monserv.wire.schemas.bodies import AlertToPush
from monserv.wire.schemas.legacy import AlertPushed


class AnyTypeParser(FlaskParser):
    """Reads a body as JSON whatever its type says: curl calls it a form."""

    def load_json(self, req: Request, _schema: Any) -> Any:
        """Return the document."""
        try:
            return orjson.loads(req.get_data())
        except orjson.JSONDecodeError:
            abort(400, messages={"json": ["The body is not readable as JSON."]})


legacy = Blueprint("State", __name__, description="All servers in one object, for scripts.")
legacy.ARGUMENTS_PARSER = AnyTypeParser()


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
    headers=polled.HEADERS,
)
@polled.or_unchanged(legacy)
def show_state() -> Response:
    """Show the state of all servers; If-None-Match with an earlier ETag is answered with 304."""
    return polled.response()


@legacy.post("/api/test-alert")
@legacy.arguments(AlertToPush)
@legacy.response(
    200,
    AlertPushed,
    description="What was pushed, without an envelope",
    example=examples.PUSHED,
)
@declared(legacy, 400, 413)
def push_test_alert(body: dict[str, Any]) -> Response:
    """Push an alert to the WebSocket clients, and to nobody else.

    Who is limited to some tags reaches those who see servers with one of them.
    It is written nowhere. Channels have a test of their own, /api/v1/notifications/test.
    """
    kind, subject, message = Kind(body["alert_type"]), body["subject"], body["message"]
    tags = access().tags
    runtime().hub.publish_event(
        messages.news(kind, subject, message), lambda view: not tags or seeing(view).sees(tags)
    )
    runtime().deltas.push(kind, subject, message, tags)
    return envelope.document(encode(wire.pushed(kind, subject, message)))
