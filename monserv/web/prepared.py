"""An answer that many ask for, ready to be sent: whole, in gzip, or that nothing has changed.

All of it is made once for all who ask until something changes; gzip when somebody first
wants it, in pieces, so that a long answer holds up nobody.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from monserv.clock import give_way
from monserv.web import negotiation

Headers = tuple[tuple[str, str], ...]

_TYPE = ("Content-Type", "application/json")
_CACHE = ("Cache-Control", "no-cache")
# What is shorter fits into one packet as it is.
MIN_GZIP_BYTES = 1024
_GZIP_LEVEL = 4
_GZIP_WINDOW = zlib.MAX_WBITS | 16
_PIECE_BYTES = 64 * 1024
# Views are what accounts are limited to: few. Beyond these, the oldest is made anew.
MAX_VIEWS = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent; ``status`` and ``headers`` as WSGI writes them."""

    status: str
    headers: Headers
    body: bytes


class Prepared:
    """One text in all its forms; safe for threads.

    ``tag`` tells it from all others of this address, in quotes; ``vary`` names what else
    the answer depends on.
    """

    def __init__(self, body: bytes, tag: str, vary: str) -> None:
        self._lock = threading.Lock()
        self._vary = ("Vary", vary)
        self._tag, self._gzip_tag = f'"{tag}"', f'"{tag}-gzip"'
        self._is_long = len(body) >= MIN_GZIP_BYTES
        self._whole = self._answer(body, self._tag)
        self._unchanged = self._not_modified(self._tag)
        self._unchanged_gzip = self._not_modified(self._gzip_tag)
        self._gzip: Answer | None = None

    def answer(self, environ: Mapping[str, Any]) -> Answer:
        """Return what this request is to get."""
        has = environ.get("HTTP_IF_NONE_MATCH", "")
        if self._is_long and negotiation.takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            if has and negotiation.has_already(has, self._gzip_tag):
                return self._unchanged_gzip
            return self._in_gzip()
        if has and negotiation.has_already(has, self._tag):
            return self._unchanged
        return self._whole

    def _in_gzip(self) -> Answer:
        if self._gzip is not None:
            return self._gzip
        with self._lock:
            # Whoever had the lock before may have made it.
            if self._gzip is None:
                body = packed(self._whole.body)
                encoding = ("Content-Encoding", "gzip")
                self._gzip = self._answer(body, self._gzip_tag, encoding)
            return self._gzip

    def _answer(self, body: bytes, tag: str, *more: tuple[str, str]) -> Answer:
        length = ("Content-Length", str(len(body)))
        headers = (_TYPE, length, ("ETag", tag), _CACHE, self._vary, *more)
        return Answer("200 OK", headers, body)

    def _not_modified(self, tag: str) -> Answer:
        return Answer("304 NOT MODIFIED", (("ETag", tag), _CACHE, self._vary), b"")


class Shelf:
    """The newest answer of one address for each view that asked; safe for threads.

    What is no longer the newest is never asked for again, and is not kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # View -> of which version, and the answer.
        self._held: dict[Hashable, tuple[Hashable, Prepared]] = {}

    def get(self, version: Hashable, view: Hashable, make: Callable[[], Prepared]) -> Prepared:
        """Return what was made for this version and view, or ``make`` it."""
        found = self._find(version, view)
        if found is not None:
            return found
        with self._lock:
            # Whoever had the lock before may have made it.
            found = self._find(version, view)
            if found is None:
                found = make()
                newest = [(key, held) for key, held in self._held.items() if held[0] == version]
                self._held = dict([*newest, (view, (version, found))][-MAX_VIEWS:])
            return found

    def _find(self, version: Hashable, view: Hashable) -> Prepared | None:
        held = self._held.get(view)
        return held[1] if held is not None and held[0] == version else None


def packed(body: bytes) -> bytes:
    """Return ``body`` in gzip (RFC 1952); others get their turn between its pieces."""
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    pieces = []
    for start in range(0, len(body), _PIECE_BYTES):
        pieces.append(packer.compress(body[start : start + _PIECE_BYTES]))
        give_way()
    return b"".join([*pieces, packer.flush()])
