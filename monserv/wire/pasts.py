"""Servers' recent pasts as ready JSON: a point is encoded once, however often it is shown."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence

import orjson

from monserv.model.trend import TrendPoint
from monserv.wire import resources
from monserv.wire.encoding import encode

# Between two points; there is none within one.
_BETWEEN = b"],["


class Pasts:
    """Keeps what ``resources.trend`` makes of each server's points; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Sequence[TrendPoint], bytes]] = {}

    def trend(self, server_id: str, points: Sequence[TrendPoint]) -> orjson.Fragment:
        """Return a server's past as part of what is encoded next; only new points are encoded."""
        with self._lock:
            kept = self._kept.get(server_id)
            text = None if kept is None else _continued(*kept, points)
            if text is None:
                text = _encoded(points)
            self._kept[server_id] = (points, text)
        return orjson.Fragment(b'{"points":[' + text + b"]}")

    def forget_others(self, server_ids: Collection[str]) -> None:
        """Keep nothing of servers that are watched no more."""
        with self._lock:
            for gone in [each for each in self._kept if each not in server_ids]:
                del self._kept[gone]


def _encoded(points: Sequence[TrendPoint]) -> bytes:
    """Return points as they stand in a list."""
    return encode(resources.trend(points)["points"])[1:-1]


def _continued(
    before: Sequence[TrendPoint], text: bytes, points: Sequence[TrendPoint]
) -> bytes | None:
    """Return the text of ``points``, which begin later than ``before`` and go on after it.

    ``None`` when they do not.
    """
    known = _known(before, points)
    gone = len(before) - known
    if known == 0 or gone < 0 or before[gone] != points[0]:
        return None
    start = 0
    for _ in range(gone):
        start = text.index(_BETWEEN, start) + 2
    new = _encoded(points[known:])
    return text[start:] + b"," + new if new else text[start:]


def _known(before: Sequence[TrendPoint], points: Sequence[TrendPoint]) -> int:
    """Return how many of ``points`` lead up to the last one before, which is one of them."""
    if before:
        for known in range(len(points), 0, -1):
            if points[known - 1] == before[-1]:
                return known
    return 0
