"""What watching a server costs it, described."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Float

from monserv.wire.footprint_example import FOOTPRINT
from monserv.wire.schemas.fields import count, flag, instant


def _average(description: str, example: float) -> Float:
    about = {"description": f"{description}; null before it is known", "example": example}
    return Float(required=True, allow_none=True, metadata={**about, "minimum": 0})


class Footprint(Schema):
    """What watching a server costs it."""

    since = instant("Since when it is counted", FOOTPRINT["since"])
    polls = count("Polls since then", FOOTPRINT["polls"])
    interval_seconds = Float(
        required=True,
        metadata={"description": "Seconds between polls", "example": 4.0, "minimum": 0},
    )
    is_slowed = flag(
        "Whether polls are further apart than configured, because of the budget", example=False
    )
    sent_bytes_per_poll = _average("Bytes that SSH sends for a poll", 361.5)
    received_bytes_per_poll = _average("Bytes that SSH receives for a poll", 7412.25)
    forks_per_poll = _average("Processes that the probe makes for a poll, told once a minute", 1.85)
    cpu_milliseconds_per_poll = _average(
        "CPU time of a poll on the server, sshd included, told once a minute", 3.4
    )
    logins = count("Logins that were accepted", FOOTPRINT["logins"])
    refused_logins = count("Logins that were refused", FOOTPRINT["refused_logins"])
    broken_connections = count(
        "Connections that ended without a login", FOOTPRINT["broken_connections"]
    )
    log_lines = count(
        "Lines that sshd wrote because of them at its level INFO, without those of PAM",
        FOOTPRINT["log_lines"],
    )
