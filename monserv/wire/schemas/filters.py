"""What a query may hold."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, pre_load, validates_schema
from marshmallow.fields import Enum, String
from marshmallow.validate import Length, OneOf, Range, Regexp

from monserv.model.alert import AlertType, Severity
from monserv.model.delivery import DeliveryState
from monserv.model.history import MAX_PAGE_SIZE
from monserv.wire import examples
from monserv.wire.schemas.fields import Instant, Ordinal

MAX_UNDO_SECONDS = 60
# Nobody turns so many pages; it keeps a page's offset within 64 bits.
MAX_PAGE = 1_000_000

NO_URL = "The query parameter url is missing."
_IS_TEXT = Length(max=1024)


class Filter(Schema):
    """What a query may hold; an empty value filters nothing, as a form sends it."""

    @pre_load
    def _leave_out_empty(self, data: Any, **_options: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != ""}


class ServerUrl(Schema):
    """Which server, by its URL."""

    url = String(
        required=True,
        error_messages={"required": NO_URL},
        validate=[Length(max=4096), Regexp(r".*\S", flags=re.DOTALL, error=NO_URL)],
        metadata={
            "description": "URL of the server, as /api/v1/servers gives it (password as three "
            "stars) or exactly as configured; the port may be left out when it is 22",
            "example": examples.URL,
        },
    )


class TrendFilter(Filter):
    """Which trends."""

    server = String(
        validate=Length(max=4096),
        metadata={
            "description": "Only this server's, by its id, or those of several with commas between",
            "example": "scadanas",
        },
    )


class Undo(Filter):
    """For how long a change can be undone."""

    undo_seconds = Ordinal(
        load_default=0,
        validate=Range(min=0, max=MAX_UNDO_SECONDS),
        metadata={
            "description": "For so long nothing of the server is forgotten, and "
            "/servers/{server_id}/restore brings it back with its login, alerts and history; "
            "nobody sees it meanwhile",
            "example": 15,
        },
    )


class DeliveryFilter(Filter):
    """Which deliveries of the log; without a filter, all."""

    channel = String(
        validate=_IS_TEXT,
        metadata={"description": "Only this channel's, by its name", "example": "email"},
    )
    state = Enum(
        DeliveryState,
        by_value=String,
        metadata={"description": "Only deliveries in this state", "example": "failed"},
    )
    page = Ordinal(
        load_default=1,
        validate=Range(min=1, max=MAX_PAGE),
        metadata={"description": "Page, from 1", "example": 1},
    )
    page_size = Ordinal(
        load_default=100,
        validate=Range(min=1, max=MAX_PAGE_SIZE),
        metadata={"description": "Deliveries a page", "example": 20},
    )


class AlertFilter(Filter):
    """Which alerts of the journal; without a filter, all."""

    state = String(
        validate=OneOf(["active", "resolved"]),
        metadata={"description": "Only alerts in this state", "example": "active"},
    )
    server = String(
        validate=_IS_TEXT,
        metadata={"description": "Only this server's, by its id or URL", "example": "scadanas"},
    )
    type = Enum(
        AlertType, by_value=String, metadata={"description": "Only this type", "example": "memory"}
    )
    severity = Enum(
        Severity,
        by_value=String,
        metadata={"description": "Only this severity", "example": "critical"},
    )
    from_ = Instant(
        data_key="from",
        metadata={
            "description": "Only what was raised then or later (RFC 3339 with offset)",
            "example": "2026-01-01T00:00:00Z",
        },
    )
    to = Instant(
        metadata={
            "description": "Only what was raised then or earlier (RFC 3339 with offset)",
            "example": "2026-01-02T00:00:00Z",
        },
    )
    text = String(
        validate=Length(max=256),
        metadata={
            "description": "Only those with this text, whatever its case, in subject, message, "
            "hostname or the server's id",
            "example": "/srv/data",
        },
    )
    page = Ordinal(
        load_default=1,
        validate=Range(min=1, max=MAX_PAGE),
        metadata={"description": "Page, from 1", "example": 1},
    )
    page_size = Ordinal(
        load_default=100,
        validate=Range(min=1, max=MAX_PAGE_SIZE),
        metadata={"description": "Alerts a page", "example": 100},
    )

    @validates_schema
    def _check_order(self, data: dict[str, Any], **_options: Any) -> None:
        start: datetime | None = data.get("from_")
        end: datetime | None = data.get("to")
        if start is not None and end is not None and start > end:
            raise ValidationError("Lies after to.", "from")
