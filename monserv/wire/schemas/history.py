"""What history is asked, and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, validates_schema
from marshmallow.fields import Dict, Float, Integer, List, Nested, String
from marshmallow.validate import Length, OneOf, Range, Regexp
from webargs.fields import DelimitedList

from monserv.model.rollup import NAMES, TIERS, Unit
from monserv.wire import history_examples as examples
from monserv.wire.schemas.answers import Answer
from monserv.wire.schemas.fields import Instant, Ordinal, count, instant, number, size, text
from monserv.wire.schemas.filters import Filter

LEAST_POINTS, MOST_POINTS = 10, 5000
LONGEST_STEP_SECONDS = 366 * 86400
MOST_DISKS = 100
SECONDS = {
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86400,
    "w": 7 * 86400,
    "y": 365 * 86400,
}


class HistoryFilter(Filter):
    """Which part of a server's history."""

    range = String(
        validate=Regexp(r"^[1-9][0-9]{0,3}[smhdwy]\Z", error="Must be as 15m, 24h, 30d or 1y."),
        metadata={
            "description": "How far back from to: a number and s, m, h, d, w or y; an hour "
            "without it and without from",
            "example": "24h",
            # What OpenAPI understands.
            "pattern": "^[1-9][0-9]{0,3}[smhdwy]$",
        },
    )
    from_ = Instant(
        data_key="from",
        metadata={
            "description": "The beginning (RFC 3339 with offset); then range counts for nothing",
            "example": "2026-01-01T00:00:00Z",
        },
    )
    to = Instant(
        metadata={
            "description": "The end (RFC 3339 with offset); now without it",
            "example": "2026-01-02T00:00:00Z",
        },
    )
    step = Ordinal(
        validate=Range(min=1, max=LONGEST_STEP_SECONDS),
        metadata={
            "description": "Seconds between two points, at least; more where they would be too "
            "many, or where nothing so fine is kept",
            "example": 60,
        },
    )
    max_points = Ordinal(
        load_default=1000,
        validate=Range(min=LEAST_POINTS, max=MOST_POINTS),
        metadata={"description": "Points at most, as a chart has pixels", "example": 600},
    )
    metrics = DelimitedList(
        String(validate=OneOf(NAMES, error="There is no metric {input}.")),
        metadata={
            "description": "Only these metrics, with commas between them",
            "example": ["cpu_used_percent", "disk_used_percent"],
        },
    )
    disk = List(
        String(validate=Length(max=4096)),
        validate=Length(max=MOST_DISKS),
        metadata={
            "description": "Only the disks with these mount points; may be repeated",
            "example": ["/"],
        },
    )
    format = String(
        validate=OneOf(["json", "csv"]),
        metadata={
            "description": "csv, or json without it; Accept: text/csv does the same",
            "example": "json",
        },
    )

    @validates_schema
    def _check_times(self, data: dict[str, Any], **_options: Any) -> None:
        start: datetime | None = data.get("from_")
        end: datetime | None = data.get("to")
        if start is not None and end is not None and start > end:
            raise ValidationError("Lies after to.", "from")


class Curve(Schema):
    """One metric at each time; null in a gap."""

    avg = List(Float(allow_none=True), required=True, metadata={"description": "Averages"})
    min = List(Float(allow_none=True), required=True, metadata={"description": "The least"})
    max = List(Float(allow_none=True), required=True, metadata={"description": "The most"})


class History(Schema):
    """What was known of a server."""

    server_id = text("Id of the server", "scadanas")
    from_ = instant("The beginning", "2026-01-01T11:58:00Z", data_key="from")
    to = instant("The end; what lies in the future is left out", "2026-01-01T12:00:00Z")
    step_seconds = number("Seconds between two points; in memory, between two polls", 60)
    tier = String(
        required=True,
        validate=OneOf(["memory", *(tier.name for tier in TIERS)]),
        metadata={
            "description": "Where it is from: memory, or a tier of the database",
            "example": "1m",
        },
    )
    at = List(
        instant("When", "2026-01-01T11:58:00Z"),
        required=True,
        metadata={
            "description": "When each point begins, oldest first",
            "example": examples.HISTORY["at"],
        },
    )
    samples = List(
        Integer(metadata={"minimum": 0}),
        required=True,
        metadata={
            "description": "How many polls each point is made of; 0 in a gap",
            "example": examples.HISTORY["samples"],
        },
    )
    metrics = Dict(
        required=True,
        keys=String(),
        values=Nested(Curve),
        metadata={
            "description": "Name of the metric -> its values",
            "example": examples.HISTORY["metrics"],
        },
    )
    disks = Dict(
        required=True,
        keys=String(),
        values=Dict(keys=String(), values=Nested(Curve)),
        metadata={
            "description": "Mount point -> name of the metric -> its values",
            "example": examples.HISTORY["disks"],
        },
    )


class HistoryAnswer(Answer):
    """A part of one server's history."""

    data = Nested(History, required=True)


class HistoryTier(Schema):
    """History of one fineness."""

    name = text("Its name", "1m")
    step_seconds = count("Seconds of a point", 60)
    days = number("For how many days it is kept; 0 is not at all", 2)
    estimated_bytes = size("How large it becomes for the servers that there are", 157000)


class HistoryMetric(Schema):
    """A metric of which history is kept."""

    unit = String(
        required=True,
        validate=OneOf([unit.value for unit in Unit]),
        metadata={"description": "What its values count", "example": "percent"},
    )


class HistoryTiers(Schema):
    """What is kept."""

    memory_seconds = count("The time of which each poll is in memory", 900)
    tiers = List(Nested(HistoryTier), required=True, metadata={"description": "Finest first"})
    estimated_bytes = size("How large the database becomes by it", 1500000)
    metrics = Dict(
        required=True,
        keys=String(),
        values=Nested(HistoryMetric),
        metadata={"description": "Name of the metric -> what it is"},
    )


class HistoryTiersAnswer(Answer):
    """What is kept."""

    data = Nested(HistoryTiers, required=True)
