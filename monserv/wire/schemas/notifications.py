"""How people are told: the channels, the delivery log, and a test message."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Enum, Integer, List, Nested, String

from monserv.model.alert import Kind, Severity
from monserv.model.delivery import DeliveryState
from monserv.wire import examples
from monserv.wire.schemas.fields import count, flag, instant, text


class Channel(Schema):
    """One way to tell people. Nothing of it is a secret."""

    name = text("Name of the channel in this API", "email")
    service = text("Which service it uses", "E-mail")
    target = text("Whom it tells", "ops@example.net")
    is_on = flag("Whether it tells anything", example=True)
    min_severity = Enum(
        Severity,
        by_value=String,
        required=True,
        metadata={"description": "It tells what is at least so severe", "example": "warning"},
    )


class Delivery(Schema):
    """What one channel was told of one alert or recovery."""

    channel = text("Name of the channel", "email")
    state = Enum(
        DeliveryState,
        by_value=String,
        required=True,
        metadata={
            "description": "pending: still to be told, or tried again; sent; failed: given up "
            "after a day; skipped: not told, for the reason in last_error",
            "example": "sent",
        },
    )
    alert_type = Enum(Kind, by_value=String, required=True, metadata={"example": "alert"})
    event_id = text("Episode of the alert", examples.ALERT["event_id"])
    server_id = text("Id of the server", "scadanas")
    server_url = text("Masked URL of the server", examples.URL)
    hostname = text("Name that the server gives itself", "scadanas")
    severity = Enum(Severity, by_value=String, required=True, metadata={"example": "critical"})
    subject = text("What happened, in one line", examples.ALERT["subject"])
    message = text("The values", examples.ALERT["message"])
    happened_at = instant("When it happened", "2026-01-01T11:59:56Z")
    attempts = count("How often it was tried", 1)
    due_at = instant(
        "When it may be tried next, null unless pending", "2026-01-01T12:00:00Z", allow_none=True
    )
    finished_at = instant(
        "When it was sent, given up or skipped, else null", "2026-01-01T11:59:57Z", allow_none=True
    )
    last_error = text(
        "Why the last attempt failed, or why it was skipped, or null",
        "The mail server refused the login",
        allow_none=True,
    )


def _cooldown() -> Integer:
    return count("After so many minutes the same alert may be told again", 30)


class Telling(Schema):
    """What is set about notifications."""

    channels = List(Nested(Channel), required=True)
    cooldown_minutes = _cooldown()


class Notifications(Schema):
    """The channels, and one page of the delivery log, newest first."""

    channels = List(Nested(Channel), required=True)
    deliveries = List(Nested(Delivery), required=True)
    total = count("Deliveries on all pages", 21)
    page = count("This page, from 1", 1)
    page_size = count("Deliveries on a full page", 100)
    cooldown_minutes = _cooldown()


class ChannelTest(Schema):
    """What happened to a test message."""

    channel = text("Name of the channel", "email")
    sent = flag("Whether the service took it", example=True)
    error = text("Why it did not, or null", "the mail server refused the login", allow_none=True)
