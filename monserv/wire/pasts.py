"""Servers' recent pasts as ready JSON: a point is encoded once, however often it is shown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence

import orjson

from monserv.model.trend import Past, TrendPoint
from monserv.wire import resources
from monserv.wire.encoding import encode

# Between two points; there is none within one.
_BETWEEN = b"],["


Mark = tuple[int, int]
Look = Callable[[str, Mark | None], Past]


class Pasts:
    """Keeps what ``resources.trend`` makes of each server's points; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # How many points stand in each text, and the mark of the look that brought the last.
        self._kept: dict[str, tuple[Mark, int, bytes]] = {}

    def trend(self, server_id: str, look: Look) -> orjson.Fragment:
        """Return a server's past as part of what is encoded next; only new points are encoded.

        ``look`` says which points are new.
        """
        with self._lock:
            mark, known, text = self._kept.get(server_id, (None, 0, b""))
            past = look(server_id, mark)
            # All points may be new, also after the first time.
            gone = known + len(past.new) - past.count
            text = _joined(_shortened(text, gone, known), _encoded(past.new))
            self._kept[server_id] = (past.mark, past.count, text)
        return orjson.Fragment(b'{"points":[' + text + b"]}")

    def forget_others(self, server_ids: Collection[str]) -> None:
        """Keep nothing of servers that are watched no more."""
        with self._lock:
            for gone in [each for each in self._kept if each not in server_ids]:
                del self._kept[gone]


def _encoded(points: Sequence[TrendPoint]) -> bytes:
    """Return points as they stand in a list."""
    return encode(resources.trend(points)["points"])[1:-1]


def _shortened(text: bytes, gone: int, known: int) -> bytes:
    """Return the text of ``known`` points without the first ``gone``."""
    if gone >= known:
        return b""
    start = 0
    for _ in range(gone):
        start = text.index(_BETWEEN, start) + 2
    return text[start:]


def _joined(before: bytes, new: bytes) -> bytes:
    return before + b"," + new if before and new else before or new
