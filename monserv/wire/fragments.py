"""Servers as ready JSON: each is encoded once, however many messages it is part of."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import orjson

from monserv.locks import short_lock
from monserv.model.snapshot import ServerView
from monserv.wire.encoding import encode


class Fragments:
    """Keeps what ``show`` makes of each server's newest view; safe for threads.

    ``forget_others`` is called with those that are still watched, when others are forgotten.
    """

    def __init__(
        self,
        show: Callable[[ServerView], Any],
        forget_others: Callable[[Collection[str]], None] = lambda _server_ids: None,
    ) -> None:
        self._show = show
        self._forget_others = forget_others
        self._lock = short_lock()
        self._kept: dict[str, tuple[ServerView, bytes]] = {}

    def server(self, view: ServerView) -> orjson.Fragment:
        """Return a server as part of what is encoded next."""
        with self._lock:
            kept = self._kept.get(view.server.id)
            # A view never changes: the same object is the same text.
            if kept is None or kept[0] is not view:
                kept = self._kept[view.server.id] = (view, encode(self._show(view)))
            return orjson.Fragment(kept[1])

    def forget_others(self, server_ids: Collection[str]) -> None:
        """Keep nothing of servers that are watched no more."""
        with self._lock:
            for gone in [each for each in self._kept if each not in server_ids]:
                del self._kept[gone]
            self._forget_others(server_ids)
