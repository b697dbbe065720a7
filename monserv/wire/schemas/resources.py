"""Servers, alerts, health and trends."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Boolean, Dict, Enum, Float, List, Nested, Raw, String
from marshmallow.validate import Equal

from monserv.model.alert import AlertType, Resolution, Severity
from monserv.model.server import Source
from monserv.model.snapshot import Status
from monserv.model.trial import Step, StepState
from monserv.wire import examples
from monserv.wire.resources import Health as HealthWord
from monserv.wire.schemas.fields import count, degrees, flag, instant, percent, text
from monserv.wire.schemas.metrics import Metrics


class Server(Schema):
    """A monitored machine and how it does."""

    id = text("Short stable name of the server in this API", "scadanas")
    name = text("Name for people", "scadanas")
    url = text("URL as configured, the password as three stars; unique", examples.URL)
    status = Enum(
        Status,
        by_value=String,
        required=True,
        metadata={
            "description": "offline: not sampled yet, paused, or three polls missed; alert and "
            "warning: an alert of that weight is active; else online",
            "example": "alert",
        },
    )
    reason = text("Says more than the status, or null", "unreachable", allow_none=True)
    last_error = text(
        "Why the last poll brought nothing, or null",
        "10.0.0.3 refuses connections on port 2222.",
        allow_none=True,
    )
    since = instant("When the status began", "2026-01-01T11:59:56Z")
    missed_polls = count("Polls missed in a row", 0)
    last_update = instant(
        "When the last sample was taken, or watching began", "2026-01-01T12:00:00Z"
    )
    host = text("Name or address", "10.0.0.3")
    port = count("SSH port", 2222)
    username = text("User who logs in", "scada")
    description = text("Free text", "")
    tags = text("Comma-separated", "prod,berlin")
    is_active = flag("Whether it is polled; false while it is paused", example=True)
    location = text("Where it stands, free text", "cellar")
    latitude = degrees("Where it stands, or null", 52.52, limit=90)
    longitude = degrees("Where it stands, or null", 13.405, limit=180)
    created_at = instant(
        "When it was added, null for one from settings", "2025-11-01T08:00:00Z", allow_none=True
    )
    updated_at = instant(
        "When it was last changed, null for one from settings",
        "2025-11-01T08:00:00Z",
        allow_none=True,
    )
    source = Enum(
        Source,
        by_value=String,
        required=True,
        metadata={
            "description": "settings: in SERVERS, and changed there; managed: added and changed "
            "through this API",
            "example": "managed",
        },
    )
    jump = text(
        "Id of the server through which it is reached, empty without, or where whoever asks may "
        "not see that one",
        "bastion",
    )
    metrics = Nested(
        Metrics,
        required=True,
        allow_none=True,
        metadata={"description": "null before the first complete sample"},
    )


class ServerList(Schema):
    """All servers, in the order in which they were configured."""

    servers = List(Nested(Server), required=True)
    total = count("How many", 1)


class TrialStep(Schema):
    """One step of a connection."""

    name = Enum(Step, by_value=String, required=True, metadata={"example": "login"})
    state = Enum(StepState, by_value=String, required=True, metadata={"example": "failed"})
    detail = text("How it went, or why it failed", "The server refused the password.")
    duration_seconds = Float(
        required=True,
        allow_none=True,
        metadata={"description": "null when it was not run", "example": 0.12, "minimum": 0},
    )


class HostKey(Schema):
    """The host key that the server showed."""

    type = text("Its type", "ssh-ed25519")
    fingerprint = text("As ssh-keygen -l prints it", examples.FINGERPRINT)
    known = flag("Whether it is the pinned one", example=False)
    acceptable = flag(
        "Whether nobody knows it yet, so that host_key may name it when the server is added",
        example=True,
    )


class Trial(Schema):
    """How a connection went, step by step; it stops at what fails."""

    passed = flag("Whether the server can be watched", example=False)
    steps = List(Nested(TrialStep), required=True)
    host_key = Nested(
        HostKey,
        required=True,
        allow_none=True,
        metadata={"description": "null when the server showed none"},
    )


class TrialNews(Schema):
    """A line of a test that is told as it goes: a step that is over, or at the end the whole."""

    step = Nested(TrialStep, metadata={"description": "On each line but the last"})
    host_key = Nested(
        HostKey,
        allow_none=True,
        metadata={"description": "Beside a step: the key that was shown by then, or null"},
    )
    trial = Nested(Trial, metadata={"description": "On the last line"})
    message = String(
        metadata={"description": "On the last line", "example": "The server refused the password."}
    )


class Removed(Schema):
    """A server that is no longer watched."""

    id = text("Its id", "scadanas")


class Alert(Schema):
    """One episode of an alert."""

    id = text("Names the condition; comes back with each episode", examples.ALERT["id"])
    event_id = text("Unique per episode", examples.ALERT["event_id"])
    server_id = text("Id of the server", "scadanas")
    server_url = text("Masked URL of the server", examples.URL)
    hostname = text("Name that the server gives itself", "scadanas")
    type = Enum(AlertType, by_value=String, required=True, metadata={"example": "memory"})
    severity = Enum(Severity, by_value=String, required=True, metadata={"example": "critical"})
    subject = text("What happened, in one line", examples.ALERT["subject"])
    message = text("The values", examples.ALERT["message"])
    is_active = flag("Whether the episode is open", example=True)
    triggered_at = instant("When it was raised", "2026-01-01T11:59:56Z")
    resolved_at = instant(
        "When it closed, null while active", "2026-01-01T12:30:00Z", allow_none=True
    )
    resolution = Enum(
        Resolution,
        by_value=String,
        required=True,
        allow_none=True,
        metadata={
            "description": "recovered, or gone: the item is no longer there; null while active",
            "example": "recovered",
        },
    )
    recorded = flag("Whether the journal holds it safely", example=True)


class AlertPage(Schema):
    """One page of the journal, newest first."""

    alerts = List(Nested(Alert), required=True)
    total = count("Alerts on all pages", 21)
    page = count("This page, from 1", 1)
    page_size = count("Alerts on a full page", 100)


class HealthServer(Schema):
    """One server's status."""

    url = text("Masked URL", examples.URL)
    hostname = text("Name that the server gives itself, else its configured name", "scadanas")
    status = Enum(Status, by_value=String, required=True, metadata={"example": "alert"})


class Health(Schema):
    """How all servers do."""

    status = Enum(
        HealthWord,
        by_value=String,
        required=True,
        metadata={
            "description": "error: every server is offline, or the database is broken; "
            "degraded: any is offline, or any alert is active; else ok",
            "example": "degraded",
        },
    )
    servers = Dict(
        required=True,
        keys=String(),
        values=Nested(HealthServer),
        metadata={"description": "Masked URL -> server"},
    )
    total = count("Servers", 1)
    online = count("Servers not offline (alert and warning count as online)", 1)
    offline = count("Servers offline", 0)
    alerts = count("Active alerts", 1)


class Stats(Schema):
    """The numbers on top; none is ever null, and an average over nothing is 0."""

    total_servers = count("Servers, paused ones included", 1)
    online_servers = count("Servers not offline", 1)
    offline_servers = count("Servers offline", 0)
    alert_count = count("Active alerts", 1)
    avg_cpu = percent("CPU, averaged over the servers that are online", 12.5)
    avg_memory = percent("Memory, averaged over the servers that are online", 85.0)
    avg_disk = percent("Averaged over the disks of these servers that can be written", 50.0)


class DashboardData(Schema):
    """Everything that a dashboard shows."""

    stats = Nested(Stats, required=True)
    servers = Nested(ServerList, required=True)
    alerts = List(Nested(Alert), required=True, metadata={"description": "Those active"})
    health = Nested(Health, required=True)


class Dashboard(Schema):
    """The data of a `dashboard` event."""

    type = String(required=True, validate=Equal("dashboard"))
    timestamp = instant("When it was so", "2026-01-01T12:00:00Z")
    data = Nested(DashboardData, required=True)


class Trend(Schema):
    """One server's recent past, oldest first."""

    points = List(
        List(Raw(allow_none=True)),
        required=True,
        metadata={
            "description": "Each point: time (RFC 3339, UTC), CPU percent, memory percent; "
            "null where nothing was known",
            "example": examples.TRENDS["trends"]["scadanas"]["points"],
        },
    )


class Trends(Schema):
    """The last fifteen minutes."""

    trends = Dict(
        required=True,
        keys=String(),
        values=Nested(Trend),
        metadata={"description": "Id of the server -> its trend"},
    )


class Error(Schema):
    """What went wrong."""

    success = Boolean(required=True, metadata={"example": False})
    error = text("One clear sentence", "No server has this URL.")
    code = count("The status of the answer", 404)
    errors = Dict(
        required=True,
        keys=String(),
        metadata={"description": "What is wrong with each parameter, by its name", "example": {}},
    )
