"""The clients of ``monserv.v2`` by what they see, and how a message reaches all of them.

A message is made once for a selection, framed once for each form (twice where some are out
of step), and written straight to their sockets.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import NamedTuple

from monserv.stream.audience import Audience, Follower, Step
from monserv.stream.entries import News
from monserv.stream.fanout import write_to_all
from monserv.stream.forms import Form
from monserv.stream.requests import Mistake
from monserv.stream.selection import Selection

# Each selection costs something at each change, and a client can think of many.
MAX_SELECTIONS = 256
# One credential, of which there may be many clients, leaves some of them to others.
MAX_SELECTIONS_EACH = 64


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
        self._audiences: dict[Selection, dict[Form, Audience]] = {}
        # Equal selections are one object: a long one takes 200 KB, and thousands may have it.
        self._selections: dict[Selection, Selection] = {}

    def selections(self) -> Iterable[Selection]:
        """Return what is seen by anybody, each once."""
        return self._audiences.keys()

    def has(self, selection: Selection) -> bool:
        """Whether anybody has this selection."""
        return selection in self._audiences

    def refuse_too_many(self, follower: Follower, selection: Selection) -> None:
        """Raise ``Mistake`` for one too many; what accounts are limited to never is."""
        if self.has(selection) or selection == Selection(selection.view):
            return
        credential = follower.visitor.credential
        if len(self._audiences) >= MAX_SELECTIONS or (
            credential and self._count_of(credential, follower) >= MAX_SELECTIONS_EACH
        ):
            text = "There are too many different subscriptions; take one that others have."
            raise Mistake("too_many_subscriptions", text)

    def join(self, follower: Follower, selection: Selection) -> None:
        """Take in a client that has no selection yet."""
        selection = self._selections.setdefault(selection, selection)
        forms, form = self._audiences.setdefault(selection, {}), follower.socket.form
        if form not in forms:
            forms[form] = Audience(form, self._writing)
        forms[form].join(follower)
        follower.selection = selection

    def leave(self, follower: Follower) -> Selection | None:
        """Let a client go; return the selection that it had."""
        selection, follower.selection = follower.selection, None
        if selection is not None:
            forms, form = self._audiences[selection], follower.socket.form
            forms[form].leave(follower)
            if forms[form].is_empty():
                del forms[form]
            if not forms:
                del self._audiences[selection], self._selections[selection]
        return selection

    def send(self, told: Iterable[Told]) -> list[Follower]:
        """Send each selection's followers what they are told."""
        slow: list[Follower] = []
        for one in told:
            if one.payload is None:
                continue
            step = Step(one.payload, one.seq, one.is_start)
            for audience in self._audiences.get(one.selection, {}).values():
                slow += audience.send(step)
        return slow

    def send_news(self, news: News) -> list[Follower]:
        """Send an alert to those whom it is for."""
        wanted: dict[Form, list[Iterable[Follower]]] = {}
        for selection, forms in self._audiences.items():
            if news.is_for(selection):
                for form, audience in forms.items():
                    wanted.setdefault(form, []).append(audience.followers())
        slow: list[Follower] = []
        for form, found in wanted.items():
            frame = form.aside(news.payload)
            keep = partial(_send_event, frame)
            slow += write_to_all(chain.from_iterable(found), frame, self._writing, keep)
        return slow

    def _count_of(self, credential: str, besides: Follower) -> int:
        """Return how many different selections others have who came by the same credential."""
        return sum(
            any(
                each.visitor.credential == credential and each is not besides
                for audience in forms.values()
                for each in audience.followers()
            )
            for forms in self._audiences.values()
        )


def _send_event(frame: bytes, one: Follower) -> bool:
    return one.socket.send_event(frame)
