"""The words of alerts; older clients show and match them, so they are fixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from monserv.model.alert import AlertType

Words = tuple[str, str]


class Ending(StrEnum):
    """How an item came to an end."""

    GONE = "gone"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True)
class Phrases:
    """How one type of alert is worded; each returns (subject, message).

    ``raised(host, item, value, threshold)``, ``recovered(host, item, value)`` and
    ``gone(host, item)``, where ``item`` is a mount point or ``name(pid)``. CPU and
    memory cannot be gone while their server answers.
    """

    raised: Callable[[str, str, float, float], Words]
    recovered: Callable[[str, str, float], Words]
    gone: Callable[[str, str], Words] | None = None


MEASURED: dict[AlertType, Phrases] = {
    AlertType.CPU: Phrases(
        lambda host, _item, value, threshold: (
            f"[ALERT] {host} CPU high",
            f"CPU used {value:.1f}% (threshold {threshold:.1f}%)",
        ),
        lambda host, _item, value: (f"[RECOVERED] {host} CPU", f"CPU back to {value:.1f}%"),
    ),
    AlertType.MEMORY: Phrases(
        lambda host, _item, value, threshold: (
            f"[ALERT] {host} memory high",
            f"Memory used {value:.1f}% (threshold {threshold:.1f}%)",
        ),
        lambda host, _item, value: (f"[RECOVERED] {host} memory", f"Memory back to {value:.1f}%"),
    ),
    AlertType.DISK: Phrases(
        lambda host, item, value, threshold: (
            f"[ALERT] {host} disk {item} high",
            f"Disk {item} used {value:.1f}% (threshold {threshold:.1f}%)",
        ),
        lambda host, item, value: (
            f"[RECOVERED] {host} disk {item}",
            f"Disk {item} back to {value:.1f}%",
        ),
        lambda host, item: (f"[RECOVERED] {host} disk {item}", f"Disk {item} unmounted"),
    ),
    AlertType.PROCESS: Phrases(
        lambda host, item, value, threshold: (
            f"[ALERT] {host} proc {item} RAM high",
            f"Process {item} uses {value:.1f}% RAM (th {threshold:.1f}%)",
        ),
        lambda host, item, value: (
            f"[RECOVERED] {host} proc {item} RAM",
            f"Process {item} back to {value:.1f}% RAM",
        ),
        lambda host, item: (f"[RECOVERED] {host} proc {item} RAM", f"Process {item} ended"),
    ),
}


def ended(kind: AlertType, host: str, item: str, ending: Ending) -> Words:
    """Word that a file system or process is no longer there, or no longer to be watched."""
    phrase = MEASURED[kind].gone
    assert phrase is not None, "only items can end"
    subject, message = phrase(host, item)
    return subject, f"Disk {item} is read-only now" if ending is Ending.READ_ONLY else message


def duration(seconds: float) -> str:
    """Return a duration as a person says it: ``45 s``, ``12 min``, ``3 h 5 min``, ``2 d 4 h``."""
    whole = max(0, round(seconds))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if minutes == 0:
        return f"{whole} s"
    if hours == 0:
        return f"{minutes} min"
    if days == 0:
        return f"{hours} h {minutes % 60} min"
    return f"{days} d {hours % 24} h"


def offline(host: str, misses: int, cause: str) -> Words:
    """Word that a server has stopped answering."""
    return f"[ALERT] {host} offline", f"No data for {misses} polls: {cause}"


def online(host: str, seconds: float) -> Words:
    """Word that a server answers again."""
    return f"[RECOVERED] {host} online", f"Answering again after {duration(seconds)}"


def refused(host: str, cause: str) -> Words:
    """Word that a server refused the login."""
    return f"[ALERT] {host} authentication failed", cause


def admitted(host: str, seconds: float) -> Words:
    """Word that a server accepts the login again."""
    return f"[RECOVERED] {host} authentication", f"Logged in again after {duration(seconds)}"


def key_refused(host: str, reason: str, cause: str) -> Words:
    """Word that a server shows a host key that has changed, is unknown or was revoked."""
    return f"[ALERT] {host} {reason.replace('_', ' ')}", cause


def key_matches(host: str, seconds: float) -> Words:
    """Word that a server shows a host key that is known, its old one or one accepted since."""
    return f"[RECOVERED] {host} host key", f"The host key is known after {duration(seconds)}"


def unwatched(subject: str) -> Words:
    """Word that an alert closes because its server is no longer watched."""
    return _closing(subject), "The server is no longer watched"


def moved(subject: str) -> Words:
    """Word that an alert closes because its server is watched at another address now."""
    return _closing(subject), "The server is now watched at another address"


def _closing(subject: str) -> str:
    _, _, what = subject.partition("] ")
    return f"[RECOVERED] {what}"
