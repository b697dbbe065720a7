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
        # By id, and whether it is as those see it who do not see its jump server.
        self._kept: dict[tuple[str, bool], tuple[ServerView, bytes]] = {}

    def server(self, view: ServerView) -> orjson.Fragment:
        """Return a server as part of what is encoded next."""
        key = view.server.id, view.is_jump_hidden
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or not _is_same(kept[0], view):
                kept = self._kept[key] = (view, encode(self._show(view)))
            return orjson.Fragment(kept[1])

    def forget_others(self, server_ids: Collection[str]) -> None:
        """Keep nothing of servers that are watched no more."""
        with self._lock:
            for gone in [each for each in self._kept if each[0] not in server_ids]:
                del self._kept[gone]
            self._forget_others(server_ids)


def _is_same(kept: ServerView, view: ServerView) -> bool:
    """Whether a view has the same text: it never changes, but for some it is made each time."""
    return kept is view or (view.is_jump_hidden and kept == view)
