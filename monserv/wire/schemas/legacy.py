"""``/api/state`` and the messages of the WebSocket, which carry it."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Dict, List, Nested, String
from marshmallow.validate import Equal, OneOf

from monserv.model.alert import Kind
from monserv.wire.schemas.fields import count, instant, percent, size, text


class StateCpu(Schema):
    """The processors."""

    cores = count("Processors online", 4)
    usedPercent = percent("Time not idle since the sample before", 12.5)  # noqa: N815 -- the key
    modelName = text("Model; may be empty", "Intel(R) Celeron(R) J4125")  # noqa: N815 -- the key


class StateMemory(Schema):
    """The memory."""

    total = size("All memory", 8589934592)
    used = size("Total less free", 7301444403)
    free = size("What programs can still get (MemAvailable)", 1288490189)
    usedPercent = percent("Used of total", 85.0)  # noqa: N815 -- the key


class StateDisk(Schema):
    """One mounted file system."""

    device = text("Device", "/dev/sda1")
    mountpoint = text("Mount point", "/")
    fstype = text("File system type", "ext4")
    total = size("Size", 107374182400)
    used = size("Used", 53687091200)
    free = size("What an ordinary user can still write", 53687091200)
    usedPercent = percent("Used / (used + free)", 50.0)  # noqa: N815 -- the key


class StateProcess(Schema):
    """One process."""

    pid = count("Process id", 1234)
    name = text("Name", "postgres")
    username = text("Its user", "postgres")
    rssBytes = size("Resident memory", 536870912)  # noqa: N815 -- the key
    percentRAM = percent("Resident memory of all memory", 6.2)  # noqa: N815 -- the key
    cmdline = text("Command line; empty unless turned on", "")


class StateMetrics(Schema):
    """One server's last complete sample. ``cpu`` and ``memory`` are absent when unknown."""

    hostname = text("Name that the server gives itself", "scadanas")
    uptimeSeconds = count("Seconds since it started", 3600)  # noqa: N815 -- the key
    cpu = Nested(StateCpu)
    memory = Nested(StateMemory)
    disks = List(Nested(StateDisk), required=True)
    topProcsByMem = List(Nested(StateProcess), required=True)  # noqa: N815 -- the key
    generatedAtUtc = instant("When the sample was taken", "2026-01-01T12:00:00Z")  # noqa: N815 -- the key


class MetricsUpdate(Schema):
    """A WebSocket message: the state of all servers, as ``/api/state`` gives it."""

    type = String(required=True, validate=Equal("metrics_update"))
    data = Dict(
        required=True,
        keys=String(),
        values=Nested(StateMetrics),
        metadata={"description": "Masked URL of the server -> its metrics"},
    )


class AlertMessage(Schema):
    """A WebSocket message: an alert was raised, or recovered."""

    type = String(required=True, validate=Equal("alert"))
    alert_type = String(required=True, validate=OneOf([kind.value for kind in Kind]))
    subject = text("What happened, in one line", "[ALERT] scadanas memory high")
    message = text("The values", "Memory used 85.0% (threshold 80.0%)")


class AlertPushed(Schema):
    """What was pushed to the WebSocket clients."""

    status = String(required=True, validate=Equal("sent"))
    type = String(required=True, validate=OneOf([kind.value for kind in Kind]))
    subject = text("As it was pushed", "[ALERT] scadanas memory high")
    message = text("As it was pushed", "Memory used 85.0% (threshold 80.0%)")
