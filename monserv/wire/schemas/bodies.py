"""What the body of a request may hold."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema
from marshmallow.fields import String
from marshmallow.validate import Length, OneOf

from monserv.model.alert import Kind
from monserv.wire import examples

MAX_SUBJECT = 200
MAX_MESSAGE = 2000


class ChannelName(Schema):
    """Which channel."""

    channel = String(
        required=True,
        validate=Length(min=1, max=100),
        metadata={"description": "Name of the channel", "example": "email"},
    )


class AlertToPush(Schema):
    """An alert for the WebSocket; what else older scripts send is of no use, and does no harm."""

    class Meta:
        """Options of the schema."""

        unknown = EXCLUDE

    alert_type = String(
        load_default=Kind.RAISED.value,
        validate=OneOf([kind.value for kind in Kind]),
        metadata={"description": "alert or recovery", "example": "alert"},
    )
    subject = String(
        load_default="[ALERT] test",
        validate=Length(min=1, max=MAX_SUBJECT),
        metadata={"description": "In one line", "example": examples.RAISED["subject"]},
    )
    message = String(
        load_default="This is a test alert",
        validate=Length(max=MAX_MESSAGE),
        metadata={"description": "The values", "example": examples.RAISED["message"]},
    )
