"""The clients of ``monserv.v2`` that see the same in the same form.

Those who are in step got the same chain of messages, each of which builds on the ones
before. Whoever came later, or missed a step, gets messages that stand for themselves until
the chain begins anew for all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import NamedTuple, Protocol

from monserv.stream.backlog import Reader
from monserv.stream.client import Visitor
from monserv.stream.fanout import write_to_all
from monserv.stream.forms import Form
from monserv.stream.selection import Selection
from monserv.stream.socket import ClientSocket


class Follower(Reader, Protocol):
    """A client that speaks ``monserv.v2``; it follows nothing until it has a selection.

    Who ``is_new`` knows nothing of the epoch, so what it is told first may be of any time.
    """

    selection: Selection | None
    is_new: bool

    @property
    def visitor(self) -> Visitor:
        """Return whose client it is."""

    @property
    def socket(self) -> ClientSocket:
        """Return its socket."""


class Step(NamedTuple):
    """A message on which later ones build, and the seq that its readers knew before.

    ``is_start`` is as for ``Backlog.put_step``.
    """

    payload: bytes
    seq: int
    is_start: bool


class Audience:
    """Whoever calls this holds the lock that orders messages; ``writing`` is that of sockets."""

    __slots__ = ("_chain", "_form", "_in_step", "_others", "_writing")

    def __init__(self, form: Form, writing: threading.Lock) -> None:
        self._form = form
        self._writing = writing
        self._chain = form.chain()
        # In the order in which they came, as in the hub.
        self._in_step: dict[Follower, None] = {}
        self._others: dict[Follower, None] = {}

    def is_empty(self) -> bool:
        """Whether nobody is there."""
        return not self._in_step and not self._others

    def followers(self) -> Iterable[Follower]:
        """Return all who are there."""
        return chain(self._in_step, self._others)

    def join(self, follower: Follower) -> None:
        """Take in a client, which may have got anything before, or gets it now."""
        self._others[follower] = None

    def leave(self, follower: Follower) -> None:
        """Let a client go."""
        self._in_step.pop(follower, None)
        self._others.pop(follower, None)

    def send(self, step: Step) -> list[Follower]:
        """Send all a step; return those that need ``start_drainer()``."""
        links = self._chain
        if links is None:
            return self._write(self._others, self._form.message(step.payload), step, [])
        if self._others and (not self._in_step or links.is_long()):
            links.begin()
            self._in_step |= self._others
            self._others = {}
        lost: list[Follower] = []
        slow = self._write(self._in_step, links.message(step.payload), step, lost)
        if self._others:
            slow += self._write(self._others, self._form.message(step.payload), step, [])
        for one in lost:
            self._in_step.pop(one, None)
            self._others[one] = None
        return slow

    def _write(
        self, followers: Iterable[Follower], frame: bytes, step: Step, lost: list[Follower]
    ) -> list[Follower]:
        """Write a frame to some; ``lost`` are then those who will never see it."""
        return write_to_all(followers, frame, self._writing, partial(_keep, frame, step, lost))


def _keep(frame: bytes, step: Step, lost: list[Follower], one: Follower) -> bool:
    conflated = one.socket.conflated
    needs_drainer = one.socket.send_step(frame, step.seq, one, is_start=step.is_start)
    if one.socket.conflated != conflated:
        lost.append(one)
    return needs_drainer
