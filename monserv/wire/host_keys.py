"""What REST shows of host keys."""

from __future__ import annotations

from typing import Any

from monserv.model.host_key import HostKeyReport
from monserv.wire.encoding import stamp


def report(server_id: str, found: HostKeyReport) -> dict[str, Any]:
    """Return which keys of a server are known, and the one that was refused."""
    return {
        "server_id": server_id,
        "state": found.state,
        "explanation": found.explanation,
        "known": [
            {
                "type": key.type,
                "fingerprint": key.fingerprint,
                "place": key.place,
                "since": stamp(key.since) if key.since else None,
                "accepted": key.is_accepted,
            }
            for key in found.known
        ],
        "offered": None
        if found.offered is None
        else {
            "type": found.offered.type,
            "fingerprint": found.offered.fingerprint,
            "since": stamp(found.offered.since) if found.offered.since else None,
        },
    }
