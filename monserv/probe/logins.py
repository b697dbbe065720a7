"""Read ``who`` of GNU, BusyBox and toybox: a user at a terminal a line."""

from __future__ import annotations

import re
from itertools import islice

from monserv.model.services import LoggedIn
from monserv.probe.text import clean

# More people at terminals than this are told by the first ones.
MAX_LOGINS = 256

_MONTH_DAY_TIME = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d(?::\d\d)?(?: \d{4})?"
# GNU: user, terminal, time, (origin). BusyBox: user, terminal, idle time, time, origin.
LINE = re.compile(
    r"^(?P<username>\S{1,256}) +(?P<terminal>\S{1,64})[ \t]+(?:[\d:.?oldays+]{1,8} +)?"
    rf"(?P<since>\d{{4}}-\d\d-\d\d \d\d:\d\d|(?:[A-Z][a-z]{{2}} )?{_MONTH_DAY_TIME})"
    r"(?:[ \t]+(?P<origin>\S.*))?[ \t]*$",
    re.MULTILINE | re.ASCII,
)


def logins(text: str) -> tuple[LoggedIn, ...]:
    """Return those who are logged in; lines of another form (a heading) are none."""
    return tuple(
        LoggedIn(
            username=clean(line["username"]),
            terminal=clean(line["terminal"]),
            since=line["since"],
            origin=clean(_origin(line["origin"] or "")),
        )
        for line in islice(LINE.finditer(text), MAX_LOGINS)
    )


def _origin(shown: str) -> str:
    shown = shown.strip()
    return shown[1:-1] if shown.startswith("(") and shown.endswith(")") else shown
