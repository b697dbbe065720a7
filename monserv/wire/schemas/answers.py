"""The envelope around each answer, one schema a call."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Boolean, Dict, List, Nested

from monserv.wire.schemas import details, notifications, resources
from monserv.wire.schemas.fields import text
from monserv.wire.schemas.footprint import Footprint


class Answer(Schema):
    """An answer in its envelope."""

    success = Boolean(required=True, metadata={"example": True})
    message = text("What the answer holds, for people", "3 servers")


class ServersAnswer(Answer):
    """All servers."""

    data = Nested(resources.ServerList, required=True)


class ServerAnswer(Answer):
    """One server."""

    data = Nested(resources.Server, required=True)


class DetailedServerAnswer(Answer):
    """One server with all of its metrics."""

    data = Nested(details.DetailedServer, required=True)


class CapabilitiesAnswer(Answer):
    """What each group of one server's metrics is worth."""

    data = Nested(details.Capabilities, required=True)


class FootprintAnswer(Answer):
    """What watching one server costs it, null while it is paused."""

    data = Nested(Footprint, required=True, allow_none=True)


class TrialAnswer(Answer):
    """How a connection went."""

    data = Nested(resources.Trial, required=True)


class RemovedAnswer(Answer):
    """What was removed."""

    data = Nested(resources.Removed, required=True)


class MetricsAnswer(Answer):
    """One server's metrics, null before its first complete sample."""

    data = Nested(details.DetailedMetrics, required=True, allow_none=True)


class ActiveAlertsAnswer(Answer):
    """All active alerts."""

    data = List(Nested(resources.Alert), required=True)


class AlertPageAnswer(Answer):
    """One page of the journal."""

    data = Nested(resources.AlertPage, required=True)


class TellingAnswer(Answer):
    """What is set about notifications."""

    data = Nested(notifications.Telling, required=True)


class NotificationsAnswer(Answer):
    """The channels, and one page of the delivery log."""

    data = Nested(notifications.Notifications, required=True)


class ChannelTestAnswer(Answer):
    """What happened to a test message."""

    data = Nested(notifications.ChannelTest, required=True)


class HealthAnswer(Answer):
    """How all servers do."""

    data = Nested(resources.Health, required=True)


class TrendsAnswer(Answer):
    """The recent past of servers."""

    data = Nested(resources.Trends, required=True)


class ProbeAnswer(Answer):
    """That the process is well."""

    data = Dict(required=True, metadata={"example": {"status": "ok"}})
