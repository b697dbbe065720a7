"""What a client takes and what it has already: ``Accept-Encoding`` and ``If-None-Match``.

Both are lists of a client's own making, of whatever length; what cannot be read counts
as not said (RFC 9110, sections 12.5.3 and 13.1.2).
"""

from __future__ import annotations

import re
from functools import lru_cache

from werkzeug.http import parse_etags

# Nobody who means it lists more.
_MAX_LENGTH = 1024
_KEPT = 64
_NAMES = {"gzip": "gzip", "x-gzip": "gzip", "identity": "identity", "*": "*"}
_QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


@lru_cache(_KEPT)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether gzip is at least as welcome as the text as it is."""
    if "gzip" not in accept_encoding.lower() and "*" not in accept_encoding:
        return False
    if len(accept_encoding) > _MAX_LENGTH:
        return False
    qualities = dict(filter(None, map(_quality, accept_encoding.split(","))))
    gzip = qualities.get("gzip", qualities.get("*", 0.0))
    # What is not listed is acceptable, and less welcome than what is.
    return gzip > 0.0 and gzip >= qualities.get("identity", 0.0)


def _quality(text: str) -> tuple[str, float] | None:
    """Return a coding and how welcome it is, 0 to 1; ``None`` for what matters to nobody."""
    name, _, parameter = text.partition(";")
    coding = _NAMES.get(name.strip().lower())
    if coding is None:
        return None
    parameter = parameter.strip().lower()
    found = _QUALITY.fullmatch(parameter)
    if parameter and found is None:
        return coding, 0.0
    return coding, float(found[1]) if found else 1.0


def has_already(if_none_match: str, tag: str) -> bool:
    """Whether a client has the answer with this tag, as it is in the header ``ETag``."""
    if if_none_match == tag:
        return True
    return bool(if_none_match) and parse_etags(if_none_match).contains_weak(tag.strip('"'))
