"""Alerts about reaching a server at all: offline, refused, changed host key."""

from __future__ import annotations

from collections.abc import Callable

from monserv.alerts import words
from monserv.alerts.lifecycle import Reason
from monserv.alerts.open_alerts import OpenAlerts
from monserv.errors import HOST_KEY_CAUSES, Cause
from monserv.model.alert import AlertType, Transition
from monserv.model.poll import MISSES_BEFORE_OFFLINE, Missed, Polled

_BACK: dict[AlertType, Callable[[str, float], words.Words]] = {
    AlertType.HOST: words.online,
    AlertType.AUTHENTICATION: words.admitted,
    AlertType.HOST_KEY: words.key_matches,
}


def missed(alerts: OpenAlerts, result: Missed) -> list[Transition]:
    """Raise what a miss gives reason to; a refusal at once, silence after some misses."""
    host, text = alerts.hostname, result.text
    if result.cause is Cause.AUTHENTICATION_FAILED:
        key, kind, said = "auth", AlertType.AUTHENTICATION, words.refused(host, text)
    elif result.cause in HOST_KEY_CAUSES:
        key, kind = "hostkey", AlertType.HOST_KEY
        said = words.key_refused(host, str(result.cause), text)
    elif result.missed_polls >= MISSES_BEFORE_OFFLINE:
        said = words.offline(host, MISSES_BEFORE_OFFLINE, text)
        key, kind = "host", AlertType.HOST
    else:
        return []
    return [] if alerts.get(key) else [alerts.open(key, kind, result.at, said)]


def answered(alerts: OpenAlerts, result: Polled) -> list[Transition]:
    """Close whatever was said about not reaching the server."""
    transitions = []
    for key, alert in alerts.items():
        back = _BACK.get(alert.type)
        if back is not None:
            seconds = (result.at - alert.triggered_at).total_seconds()
            said = back(alerts.hostname, seconds)
            transitions.append(alerts.close(key, result.at, said, Reason.CLEARED))
    return transitions
