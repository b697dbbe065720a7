"""The clients of ``monserv.v2`` by what they see, and how a message reaches all of them.

A message is made once for a selection, framed once for each form, and written straight to
their sockets.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import NamedTuple, Protocol

from monserv.stream.backlog import Reader
from monserv.stream.client import Visitor
from monserv.stream.entries import News
from monserv.stream.fanout import write_to_all
from monserv.stream.forms import Form
from monserv.stream.selection import Selection
from monserv.stream.socket import ClientSocket


class Follower(Reader, Protocol):
    """A client that speaks ``monserv.v2``; it follows nothing until it has a selection."""

    selection: Selection | None

    @property
    def visitor(self) -> Visitor:
        """Return whose client it is."""

    @property
    def socket(self) -> ClientSocket:
        """Return its socket."""


class Told(NamedTuple):
    """What those with a selection are told, if anything, and the seq that they knew before.

    ``is_start`` is as for ``Backlog.put_step``.
    """

    selection: Selection
    payload: bytes | None
    seq: int
    is_start: bool = False


class Audiences:
    """Followers by selection and form. Whoever calls this holds the lock that orders messages.

    ``writing`` is the lock of their sockets. Methods that send return those that need
    ``start_drainer()``.
    """

    def __init__(self, writing: threading.Lock) -> None:
        self._writing = writing
        self._followers: dict[Selection, dict[Form, set[Follower]]] = {}

    def selections(self) -> Iterable[Selection]:
        """Return what is seen by anybody, each once."""
        return self._followers.keys()

    def has(self, selection: Selection) -> bool:
        """Whether anybody has this selection."""
        return selection in self._followers

    def count(self) -> int:
        """Return how many different selections there are."""
        return len(self._followers)

    def count_of(self, credential: str, besides: Follower) -> int:
        """Return how many different selections others have who came by the same credential."""
        return sum(
            any(
                each.visitor.credential == credential and each is not besides
                for followers in forms.values()
                for each in followers
            )
            for forms in self._followers.values()
        )

    def join(self, follower: Follower, selection: Selection) -> None:
        """Take in a client that has no selection yet."""
        forms = self._followers.setdefault(selection, {})
        forms.setdefault(follower.socket.form, set()).add(follower)
        follower.selection = selection

    def leave(self, follower: Follower) -> Selection | None:
        """Let a client go; return the selection that it had."""
        selection, follower.selection = follower.selection, None
        if selection is not None:
            forms, form = self._followers[selection], follower.socket.form
            forms[form].discard(follower)
            if not forms[form]:
                del forms[form]
            if not forms:
                del self._followers[selection]
        return selection

    def send(self, told: Iterable[Told]) -> list[Follower]:
        """Send each selection's followers what they are told."""
        slow: list[Follower] = []
        for one in told:
            if one.payload is None:
                continue
            for form, followers in self._followers.get(one.selection, {}).items():
                frame = form.message(one.payload)
                keep = partial(_send_step, frame, one.seq, one.is_start)
                slow += write_to_all(followers, frame, self._writing, keep)
        return slow

    def send_news(self, news: News) -> list[Follower]:
        """Send an alert to those whom it is for."""
        wanted: dict[Form, list[set[Follower]]] = {}
        for selection, forms in self._followers.items():
            if news.is_for(selection):
                for form, followers in forms.items():
                    wanted.setdefault(form, []).append(followers)
        slow: list[Follower] = []
        for form, found in wanted.items():
            frame = form.message(news.payload)
            keep = partial(_send_event, frame)
            slow += write_to_all(chain.from_iterable(found), frame, self._writing, keep)
        return slow


def _send_step(frame: bytes, seq: int, is_start: bool, one: Follower) -> bool:
    return one.socket.send_step(frame, seq, one, is_start=is_start)


def _send_event(frame: bytes, one: Follower) -> bool:
    return one.socket.send_event(frame)
