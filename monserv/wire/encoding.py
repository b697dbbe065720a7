"""Strict JSON, whatever the values are: the one way from Python to bytes.

Server text may hold what no JSON text can (half a surrogate pair), and numbers
may be none. Neither stops an answer, and neither leaves the process.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

# Larger numbers are no JSON integers to most readers, nor to the encoder.
INTEGER_MAX = 2**64 - 1
INTEGER_MIN = -(2**63)


def encode(value: Any) -> bytes:
    """Return ``value`` as compact JSON; what JSON cannot hold becomes null or U+FFFD.

    It is copied, since orjson's own bytes keep the whole buffer that they were written into:
    four kilobytes of memory for a short one, ten times its length for a longer one.
    """
    try:
        document = orjson.dumps(value)
    except orjson.JSONEncodeError:
        document = orjson.dumps(_clean(value))
    return memoryview(document).tobytes()


def stamp(at: datetime) -> str:
    """Return an aware time as RFC 3339 in UTC, milliseconds only where there are any."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    has_milliseconds = utc.microsecond >= 1000  # noqa: PLR2004 -- microseconds in a millisecond
    timespec = "milliseconds" if has_milliseconds else "seconds"
    return utc.isoformat(timespec=timespec).removesuffix("+00:00") + "Z"


def percent(value: float | None) -> float | None:
    """Return a percent between 0 and 100, rounded to 0.1; ``None`` for what is no number."""
    if value is None or not math.isfinite(value):
        return None
    if 0.0 < value <= 100.0:  # noqa: PLR2004 -- a percent
        return round(float(value), 1)
    return round(float(min(max(0.0, value), 100.0)), 1)


def text(value: str) -> str:
    """Return a text that UTF-8 can hold: half of a surrogate pair becomes U+FFFD."""
    # The surrogates that form a pair become one character.
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def complete(group: dict[str, Any]) -> dict[str, Any] | None:
    """Return a group when each of its values is known, else ``None``.

    Readers compute with these numbers, so that a group is shown whole or not at all.
    """
    for value in group.values():
        # A text is always known, and most values are one or a count.
        kind = type(value)
        if kind is str or (kind is int and 0 <= value <= INTEGER_MAX):
            continue
        if not _is_known(value):
            return None
    return group


def known(values: dict[str, Any]) -> dict[str, Any]:
    """Return those of the values that are known."""
    return {key: value for key, value in values.items() if _is_known(value)}


def _is_known(value: Any) -> bool:
    if isinstance(value, int):
        return INTEGER_MIN <= value <= INTEGER_MAX
    if isinstance(value, float):
        return math.isfinite(value)
    return value is not None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value if _is_known(value) else None
