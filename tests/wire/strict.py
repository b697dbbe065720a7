"""Reads JSON as the strictest of readers does."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def parse(body: bytes) -> Any:
    """Return the document; fails on what is not UTF-8, on NaN and infinities, and on surrogates."""
    document = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    # An escaped half of a surrogate pair survives parsing, and fails here.
    json.dumps(document, ensure_ascii=False).encode("utf-8")
    return document


def _refuse(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")
