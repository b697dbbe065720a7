"""The two messages of the WebSocket; each is one JSON document, ready to send."""

from __future__ import annotations

from monserv.model.alert import Kind, Transition
from monserv.wire.encoding import encode


def metrics_update(state_json: bytes) -> bytes:
    """Return the state message around what ``legacy.encode`` returned."""
    return b'{"type":"metrics_update","data":' + state_json + b"}"


def alert(transition: Transition) -> bytes:
    """Return the message for a raised or recovered alert."""
    return news(transition.kind, transition.subject, transition.message)


def news(kind: Kind, subject: str, message: str) -> bytes:
    """Return the message for an alert or a recovery with these words."""
    return encode({"type": "alert", "alert_type": kind, "subject": subject, "message": message})
