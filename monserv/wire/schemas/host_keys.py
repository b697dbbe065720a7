"""The host key of a server, and what accepts one."""

from __future__ import annotations

from marshmallow import EXCLUDE, RAISE, Schema
from marshmallow.fields import Enum, List, Nested, String

from monserv.model.host_key import KeyState
from monserv.wire import examples
from monserv.wire.schemas.answers import Answer
from monserv.wire.schemas.fields import flag, instant, text
from monserv.wire.schemas.written import fingerprint

_FINGERPRINT = "As ssh-keygen -l prints it"


class KnownKey(Schema):
    """A host key that the server may show."""

    type = text("Its type", "ssh-ed25519")
    fingerprint = text(_FINGERPRINT, examples.OTHER_FINGERPRINT)
    place = text("The file that holds it", examples.HOST_KEY["known"][0]["place"])
    since = instant(
        "When it was pinned or accepted, null where that is not known",
        "2025-11-01T08:00:00Z",
        allow_none=True,
    )
    accepted = flag("Whether a person has accepted it; else it was the first one", example=False)


class OfferedKey(Schema):
    """The host key that the server showed instead."""

    type = text("Its type", "ssh-ed25519")
    fingerprint = text(_FINGERPRINT, examples.FINGERPRINT)
    since = instant("When it was first shown", "2026-01-01T11:59:56Z", allow_none=True)


class HostKeyReport(Schema):
    """What is known of a server's host key."""

    server_id = text("Id of the server", "scadanas")
    state = Enum(
        KeyState,
        by_value=String,
        required=True,
        metadata={
            "description": "new: none is known yet; known: it shows one that is; changed and "
            "unknown: it was refused, and a person may accept it; revoked: it is refused "
            "whatever anybody says",
            "example": "changed",
        },
    )
    explanation = text(
        "Why the key was refused; empty when it was not", examples.HOST_KEY["explanation"]
    )
    known = List(Nested(KnownKey), required=True)
    offered = Nested(
        OfferedKey,
        required=True,
        allow_none=True,
        metadata={"description": "The key that was refused, or null"},
    )


class HostKeyAnswer(Answer):
    """The host key of a server."""

    data = Nested(HostKeyReport, required=True)


class AcceptedKey(Schema):
    """Which key is accepted: a person has compared its fingerprint."""

    class Meta:
        """What is not among the fields is refused."""

        unknown = RAISE

    fingerprint = fingerprint(_FINGERPRINT, required=True)


class Nothing(Schema):
    """An empty object; what else is sent is of no use, and does no harm."""

    class Meta:
        """Options of the schema."""

        unknown = EXCLUDE
