"""Where no secret may be: how one can be spelled, and the hunt for it.

Tests plant their passwords here, and name where the product writes. Every answer and
frame is looked through as it comes, every file once all tests of this process are done.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import quote, quote_plus

_planted: set[str] = set()
_places: set[Path] = set()


def plant(secret: str) -> str:
    """Hunt for ``secret`` from now on; a plain word would be found where it is none."""
    assert not secret.isalpha(), f"{secret!r} may stand anywhere"
    if secret:
        _planted.add(secret)
    return secret


def watch(*places: Path) -> None:
    """Hunt in these files, and in all that lies in these folders."""
    _places.update(places)


def spellings(secret: str) -> frozenset[bytes]:
    """Return how a secret may look in what was written."""
    raw = secret.encode()
    texts = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    texts |= {html.escape(secret), repr(secret)[1:-1], repr(raw)[2:-1]}
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        texts |= {once, json.dumps(once, ensure_ascii=ascii_only)[1:-1]}
    latin = {secret.encode("latin-1")} if all(ord(sign) < 256 for sign in secret) else set()
    return frozenset(
        {text.encode() for text in texts}
        | latin
        | {raw.hex().encode(), raw.hex().upper().encode(), secret.encode("utf-16-le")}
        | set(_in_base64(raw))
    )


def leaks(places: Iterable[Path], secrets: Iterable[str]) -> list[str]:
    """Return the files, among these and in these folders, in which a secret lies."""
    pattern = _pattern(frozenset(secrets))
    files = {file for place in places for file in (place, *place.rglob("*")) if file.is_file()}
    return sorted(str(file) for file in files if pattern.search(file.read_bytes()))


def check(said: bytes | str) -> None:
    """Fail when a planted secret is in what the product said."""
    text = said.encode() if isinstance(said, str) else said
    if _planted:
        assert _pattern(frozenset(_planted)).search(text) is None, "a secret was said"


def hunt() -> list[str]:
    """Return the files of all products in which a planted secret lies."""
    return leaks(_places, _planted) if _planted else []


@cache
def _pattern(secrets: frozenset[str]) -> re.Pattern[bytes]:
    wanted = {spelling for secret in secrets for spelling in spellings(secret)}
    return re.compile(b"|".join(map(re.escape, sorted(wanted))))


def _in_base64(raw: bytes) -> list[bytes]:
    """Return what stays of ``raw`` in base64 wherever it begins in what is encoded."""
    found = []
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw).rstrip(b"=")
        first = (offset * 8 + 5) // 6
        last = len(encoded) if (offset + len(raw)) % 3 == 0 else len(encoded) - 1
        kept = encoded[first:last]
        found += [kept, kept.replace(b"+", b"-").replace(b"/", b"_")]
    return found
