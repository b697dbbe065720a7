"""What is said on the WebSocket, ready to send: two messages, and the alerts of ``monserv.v2``."""

from __future__ import annotations

from datetime import datetime

from monserv.model.alert import Alert, Kind, Transition
from monserv.wire import resources
from monserv.wire.encoding import encode, stamp


def metrics_update(state_json: bytes) -> bytes:
    """Return the state message around what ``legacy.encode`` returned."""
    return b'{"type":"metrics_update","data":' + state_json + b"}"


def alert(transition: Transition) -> bytes:
    """Return the message for a raised or recovered alert."""
    return news(transition.kind, transition.subject, transition.message)


def news(kind: Kind, subject: str, message: str) -> bytes:
    """Return the message for an alert or a recovery with these words."""
    return encode({"type": "alert", "alert_type": kind, "subject": subject, "message": message})


def episode(told: Alert) -> bytes:
    """Return an alert as ``monserv.v2`` tells it: as REST shows it."""
    return encode(resources.alert(told))


def trial_alert(subject: str, message: str, at: datetime) -> bytes:
    """Return what stands for an alert when somebody tries whether alerts arrive."""
    return encode(
        {
            "id": "test",
            "event_id": "test",
            "server_id": "",
            "server_url": "",
            "hostname": "",
            "type": "test",
            "severity": "warning",
            "subject": subject,
            "message": message,
            "is_active": False,
            "triggered_at": stamp(at),
            "resolved_at": stamp(at),
            "resolution": None,
            "recorded": False,
        }
    )
