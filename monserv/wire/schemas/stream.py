"""The messages of ``monserv.v2``, both ways."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Boolean, Dict, Enum, Float, Integer, List, Nested, String
from marshmallow.validate import Equal, Length, OneOf, Range, Regexp

from monserv.model.alert import AlertType, Kind
from monserv.wire import stream_examples as examples
from monserv.wire.schemas.fields import count, text
from monserv.wire.schemas.keyed import ChosenState, State, StatePatch
from monserv.wire.schemas.resources import Alert


def _type(name: str) -> String:
    return String(required=True, validate=Equal(name))


_MAX_NAMES = 1000
_MAX_NAME_CHARACTERS = 200
_MAX_INTERVAL_SECONDS = 3600
_TYPES = [*AlertType, "test"]
_CODES = [
    *("invalid_json", "not_text", "unknown_type", "unknown_field", "invalid_field"),
    "too_many_subscriptions",
]


def _names(description: str, example: list[str], pattern: str = "") -> List[str]:
    checks = [Length(max=_MAX_NAME_CHARACTERS), *([Regexp(pattern)] if pattern else [])]
    return List(
        String(validate=checks),
        allow_none=True,
        validate=Length(max=_MAX_NAMES),
        metadata={"description": description, "example": example},
    )


class Told(Schema):
    """What each message from the server carries."""

    epoch = text("New at each start of monserv", examples.EPOCH)
    seq = count("Deltas and alerts of this epoch so far, this one among them", examples.SEQ)


class Hello(Told):
    """The first message: who speaks, and where the stream is."""

    type = _type("hello")
    interval_seconds = Float(
        required=True,
        metadata={"description": "Seconds between two polls of a server", "example": 4.0},
    )
    version = text("Version of monserv", "0.1.0")


class Snapshot(Told):
    """The whole state of all servers that the client sees and asked for."""

    type = _type("snapshot")
    servers = Dict(
        required=True,
        keys=String(),
        values=Nested(State),
        metadata={"description": "Id of the server -> its state"},
    )
    alerts = List(Nested(Alert), required=True, metadata={"description": "Those active"})
    resumed = Boolean(
        required=True,
        metadata={
            "description": "false: what is here stands for itself, and replaces all before it",
            "example": False,
        },
    )


class ChosenSnapshot(Snapshot):
    """A snapshot for a subscription that names fields."""

    servers = Dict(
        required=True,
        keys=String(),
        values=Nested(ChosenState),
        metadata={"description": "Id of the server -> those fields of its state"},
    )


class Delta(Told):
    """What changed: a merge patch (RFC 7396) of the snapshot's ``servers``."""

    type = _type("delta")
    servers = Dict(
        required=True,
        keys=String(),
        values=Nested(StatePatch, allow_none=True),
        metadata={"description": "Id of the server -> patch of its state; null: it is gone"},
    )


class ToldAlert(Alert):
    """One episode of an alert, as it is told when it is raised or closed."""

    type = String(  # type: ignore[assignment]  # more words than those of an alert's type
        required=True,
        validate=OneOf(_TYPES),
        metadata={
            "description": "test: none at all, somebody tries whether alerts arrive",
            "example": "memory",
        },
    )


class AlertNews(Told):
    """An alert was raised, or closed."""

    type = _type("alert")
    alert_type = Enum(Kind, by_value=String, required=True, metadata={"example": "alert"})
    alert = Nested(ToldAlert, required=True)


class StreamError(Told):
    """What the client said is not taken; nothing has changed by it."""

    type = _type("error")
    code = String(
        required=True,
        validate=OneOf(_CODES),
        metadata={"description": "What is wrong, in a word", "example": "invalid_field"},
    )
    message = text("The same in a sentence", examples.ERROR["message"])


class Subscription(Schema):
    """What a client wants to be told. Whatever is left out, null or empty bounds nothing."""

    servers = _names("Ids of servers that it wants, beside those with one of the tags", ["mail"])
    tags = _names("Tags: it wants the servers that have one of them", ["prod"])
    fields = _names(
        "Fields of a state, or a field within one after a dot, or one within that",
        ["status", "metrics.cpu"],
        r"^[a-z0-9_]+(\.[a-z0-9_]+){0,2}$",
    )  # type: ignore[assignment]  # a field is taken out of its class
    min_interval_seconds = Float(
        allow_none=True,
        validate=Range(min=0, max=_MAX_INTERVAL_SECONDS),
        metadata={"description": "At most one delta in this time, or one before an alert"},
    )


class Subscribe(Subscription):
    """What the client wants from now on, in place of what it wanted before."""

    type = _type("subscribe")


class Resume(Subscription):
    """Where the client was when it lost the connection, and what it wants."""

    type = _type("resume")
    epoch = String(
        required=True,
        validate=Length(max=_MAX_NAME_CHARACTERS),
        metadata={"description": "Of the last message that it took in", "example": examples.EPOCH},
    )
    seq = Integer(
        required=True,
        validate=Range(min=0),
        metadata={"description": "Of the last message that it took in", "example": examples.SEQ},
    )
