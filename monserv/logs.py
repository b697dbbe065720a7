"""How log lines look: for people, or one JSON object a line for machines.

Text from servers and clients reaches the log; control characters in it are
escaped, so that no line can pretend to be another or steer a terminal.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# From the query on; or, where gunicorn complains about a request that it could
# not even split, from the first word that it quotes.
_QUERY = re.compile(r"\?.*|(?<=^Invalid request )([^'\"]*)['\"].*", re.DOTALL)
_INVALID = "Invalid request "
_INVALID_LINES_AT_ONCE = 5
_SECONDS_PER_INVALID_LINE = 10.0


class TextFormatter(logging.Formatter):
    """``2026-01-01T12:00:00Z INFO message``, then the traceback if there is one."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's name
        """Return the line without a traceback."""
        return f"{_stamp(record)} {record.levelname} {_escape(record.message)}"


class JsonFormatter(logging.Formatter):
    """One object a line: ``time``, ``level``, ``logger``, ``message``, ``exception`` if any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object, everything on one line."""
        line: dict[str, Any] = {
            "time": _stamp(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


class WithoutQuery(logging.Filter):
    """Cuts gunicorn's lines where a query begins: it may hold a URL with a password."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; keeps every one."""
        record.msg, record.args = _QUERY.sub(r"\1...", record.getMessage()), ()
        return True


class InvalidSeldom(logging.Filter):
    """Keeps few of gunicorn's lines about invalid requests, lest their sender fill the disk.

    Five come through at once, then one every ten seconds, which says how many
    before it did not.
    """

    def __init__(self) -> None:
        super().__init__()
        self._allowed = float(_INVALID_LINES_AT_ONCE)
        self._seen_at = 0.0
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is kept; all others are."""
        text = record.getMessage()
        if not text.startswith(_INVALID):
            return True
        if not self._take(record.created):
            self._left_out += 1
            return False
        if self._left_out:
            record.msg, record.args = f"{text} ({self._left_out} others left out)", ()
            self._left_out = 0
        return True

    def _take(self, now: float) -> bool:
        """Take one of the lines that are allowed at ``now``, seconds of a clock that may be set."""
        passed = max(0.0, now - self._seen_at)
        self._seen_at = now
        refilled = self._allowed + passed / _SECONDS_PER_INVALID_LINE
        self._allowed = min(float(_INVALID_LINES_AT_ONCE), refilled)
        is_allowed = self._allowed >= 1.0
        self._allowed -= is_allowed
        return is_allowed


def configuration(level: str, log_format: str) -> dict[str, Any]:
    """Return what ``logging.config.dictConfig`` takes.

    gunicorn's own news and a line for each request are for DEBUG only; requests
    are named by path, without query.
    """
    chatty = level == "DEBUG"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"()": f"{__name__}.TextFormatter"},
            "json": {"()": f"{__name__}.JsonFormatter"},
        },
        "filters": {
            "without_query": {"()": f"{__name__}.WithoutQuery"},
            "invalid_seldom": {"()": f"{__name__}.InvalidSeldom"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": log_format,
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {
                "level": "DEBUG" if chatty else "WARNING",
                "handlers": [],
                "filters": ["without_query", "invalid_seldom"],
                "propagate": True,
            },
            "gunicorn.access": {
                "level": "INFO" if chatty else "WARNING",
                "handlers": [],
                "filters": ["without_query"],
                "propagate": True,
            },
        },
    }


def _stamp(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _escape(text: str) -> str:
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
