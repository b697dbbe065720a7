"""A client of ``monserv.v2``: it says what it wants to see, and from where it goes on."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from monserv.clock import Clock
from monserv.stream.backlog import Fresh
from monserv.stream.bucket import TokenBucket
from monserv.stream.channel import Channel
from monserv.stream.client import Client, Visitor
from monserv.stream.frames import CloseCode
from monserv.stream.limits import Limits
from monserv.stream.protocol import Event, Message, Violation
from monserv.stream.requests import Mistake, Subscribe, request
from monserv.stream.selection import Selection
from monserv.stream.socket import ClientSocket

SUBPROTOCOL = "monserv.v2"
# What may wait for one that has had no snapshot, since it resumed.
_LEAST_ROOM_BYTES = 64 * 1024


class Subscriber(Client):
    """Follows everything that it may see, until it asks for something else.

    The snapshot that nobody asks for comes a moment after ``hello``: who resumes does
    not need it, and who subscribes needs another one.
    """

    __slots__ = ("_channel", "_requests", "is_new", "room_bytes", "selection")

    def __init__(
        self,
        client_socket: ClientSocket,
        clock: Clock,
        limits: Limits,
        visitor: Visitor,
        channel: Channel,
    ) -> None:
        super().__init__(client_socket, clock, _with_requests(limits), visitor)
        self.selection: Selection | None = None
        self.room_bytes = _LEAST_ROOM_BYTES
        self.is_new = True
        self._channel = channel
        self._requests = TokenBucket(
            limits.requests_per_second, limits.burst_requests, clock.monotonic()
        )

    def refresh(self, seq: int, *, is_followed: bool) -> Fresh | None:
        """Return what brings it up to date; all is as for ``Reader``."""
        fresh = self._channel.fresh(self, seq, is_followed=is_followed)
        if fresh is not None:
            self.is_new = False
            self.room_bytes = len(fresh.start) + sum(len(frame) for frame, _ in fresh.steps)
        return fresh

    def _converse(self) -> None:
        if not self.socket.is_heard_within(self._limits.greeting_milliseconds):
            self._channel.follow(self, self._everything())
        super()._converse()

    def _answer(self, event: Event) -> None:
        if not isinstance(event, Message):
            super()._answer(event)
        elif not self._requests.take(self._clock.monotonic()):
            super()._answer(Violation(CloseCode.POLICY_VIOLATION, "too many requests"))
        else:
            self._grant(event.data)
        if self.selection is None and not self.socket.is_closing():
            self._channel.follow(self, self._everything())

    def _grant(self, message: str | bytes) -> None:
        with self._channel.turns.turn():
            if self.socket.is_closing():
                return
            try:
                asked = request(message, self.visitor.view)
                if isinstance(asked, Subscribe):
                    self._channel.follow(self, asked.selection)
                else:
                    self._channel.resume(self, asked)
            except Mistake as mistake:
                self._channel.complain(self, mistake)

    def _everything(self) -> Selection:
        return Selection(self.visitor.view)


@cache
def _with_requests(limits: Limits) -> Limits:
    """Return what clients that speak share, instead of each having its own."""
    return replace(limits, max_message_bytes=limits.max_request_bytes)
