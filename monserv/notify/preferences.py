"""What is set about notifications, as it is stored; what makes no sense is as if never set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monserv.model.alert import Severity
from monserv.model.telling import (
    MAX_COOLDOWN_MINUTES,
    USUAL_COOLDOWN_MINUTES,
    Choice,
    Telling,
)

NAME = "notifications"
# Those of channels that were in the settings before, too: they may come back.
MAX_CHOICES = 200


def read(stored: Mapping[str, Any]) -> Telling:
    """Return what is stored."""
    minutes, choices = stored.get("cooldown_minutes"), stored.get("channels")
    is_known = isinstance(minutes, int) and 0 <= minutes <= MAX_COOLDOWN_MINUTES
    found = choices if isinstance(choices, dict) else {}
    return Telling(
        minutes if is_known and minutes is not None else USUAL_COOLDOWN_MINUTES,
        {name: _choice(one) for name, one in found.items() if isinstance(one, dict)},
    )


def written(telling: Telling) -> dict[str, Any]:
    """Return what is to be stored."""
    kept = list(telling.choices.items())[-MAX_CHOICES:]
    return {
        "cooldown_minutes": telling.cooldown_minutes,
        "channels": {
            name: {"is_on": one.is_on, "min_severity": one.min_severity.value} for name, one in kept
        },
    }


def _choice(stored: Mapping[str, Any]) -> Choice:
    severity = stored.get("min_severity")
    known = {one.value for one in Severity}
    return Choice(
        stored.get("is_on") is not False,
        Severity(severity) if severity in known else Severity.WARNING,
    )
