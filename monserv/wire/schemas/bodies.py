"""What the body of a request may hold."""

from __future__ import annotations

from marshmallow import EXCLUDE, RAISE, Schema
from marshmallow.fields import List, Nested, String
from marshmallow.validate import Length, OneOf, Range

from monserv.model.alert import Kind, Severity
from monserv.model.telling import MAX_COOLDOWN_MINUTES
from monserv.wire import examples
from monserv.wire.schemas.written import WholeNumber, YesOrNo

MAX_SUBJECT = 200
MAX_MESSAGE = 2000


class ChannelName(Schema):
    """Which channel."""

    channel = String(
        required=True,
        validate=Length(min=1, max=100),
        metadata={"description": "Name of the channel", "example": "email"},
    )


class ChannelChoice(Schema):
    """What one channel tells; what is absent stays."""

    class Meta:
        """What is not among the fields is refused."""

        unknown = RAISE

    name = String(
        required=True,
        validate=Length(min=1, max=100),
        metadata={"description": "Name of the channel", "example": "email"},
    )
    is_on = YesOrNo(metadata={"description": "false: it tells nothing", "example": True})
    min_severity = String(
        validate=OneOf([severity.value for severity in Severity]),
        metadata={"description": "It tells what is at least so severe", "example": "critical"},
    )


class TellingChanges(Schema):
    """What is to be set about notifications; what is absent stays."""

    class Meta:
        """What is not among the fields is refused."""

        unknown = RAISE

    cooldown_minutes = WholeNumber(
        validate=Range(min=0, max=MAX_COOLDOWN_MINUTES),
        metadata={
            "description": "After so many minutes the same alert may be told again",
            "example": 30,
        },
    )
    channels = List(Nested(ChannelChoice), validate=Length(max=100))


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
