"""The words of a notification: plain text, of which nothing acts. Pure.

Names and messages come from watched servers. Control characters, line ends and
characters that turn the direction of writing become spaces or ``?``, so that no
name can add a header or a line of its own; what is long is cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from monserv.model.alert import Kind, Severity
from monserv.model.delivery import Delivery

MAX_SUBJECT = 200
MAX_TEXT = 2000

_BLANK = re.compile(r"\s+")
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Message:
    """What a person gets: a line, a text of several lines, how bad it is, whether it is over."""

    subject: str
    body: str
    severity: Severity | None = None
    is_over: bool = False


def of(delivery: Delivery, link: str) -> Message:
    """Return the words of a delivery; ``link`` leads to the dashboard, or is empty."""
    server = inert(delivery.hostname, MAX_SUBJECT)
    lines = [
        inert(delivery.message, MAX_TEXT),
        "",
        f"Server: {server} ({inert(delivery.server_url, MAX_SUBJECT)})",
        f"Time: {_time(delivery.happened_at)}",
    ]
    if link:
        lines.append(f"Dashboard: {link}")
    return Message(
        subject=inert(delivery.subject, MAX_SUBJECT),
        body="\n".join(lines) + "\n",
        severity=delivery.severity,
        is_over=delivery.kind is Kind.RECOVERED,
    )


def trial(link: str, now: datetime) -> Message:
    """Return the words of a test message."""
    lines = ["This is a test message from monserv: alerts arrive this way.", ""]
    lines.append(f"Time: {_time(now)}")
    if link:
        lines.append(f"Dashboard: {link}")
    return Message("[TEST] monserv", "\n".join(lines) + "\n")


def link(api_host: str) -> str:
    """Return the address of the dashboard, if the settings tell it."""
    if not api_host:
        return ""
    scheme = "https" if api_host.endswith(":443") else "http"
    return f"{scheme}://{api_host}/"


def inert(text: str, most: int) -> str:
    """Return a text on one line, without what is not to be seen, cut with a mark."""
    line = _ODD.sub("?", _BLANK.sub(" ", text)).strip()
    return line if len(line) <= most else line[: most - 1] + "…"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
