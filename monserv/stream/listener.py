"""A client that has nothing to say: the reader of an event stream."""

from __future__ import annotations

from monserv.clock import Clock
from monserv.stream.client import Visitor
from monserv.stream.limits import Limits
from monserv.stream.socket import ClientSocket

# What may follow its request, such as the body of a program that sends one.
_MAX_IGNORED_BYTES = 8 * 1024


class Listener:
    """Waits until its reader is gone, and keeps the way to it open."""

    __slots__ = ("_limits", "_pinged_at", "socket", "visitor")

    def __init__(
        self, client_socket: ClientSocket, clock: Clock, limits: Limits, visitor: Visitor
    ) -> None:
        self.socket = client_socket
        self.visitor = visitor
        self._limits = limits
        self._pinged_at = clock.monotonic()

    def run(self) -> None:
        """Wait until the reader is gone; one that talks is hung up on."""
        left = _MAX_IGNORED_BYTES
        try:
            while left > 0 and (data := self.socket.receive()) and not self.socket.is_over():
                left -= len(data)
        finally:
            self.socket.finish()

    def tend(self, now: float) -> float:
        """Give a sign of life, or end it, when that is due; return when to look again.

        A dead peer answers nothing, also at other times: the kernel notices.
        """
        if self.socket.is_close_overdue(now):
            self.socket.hang_up()
            return now + self._limits.close_seconds
        if now >= self._pinged_at + self._limits.comment_interval_seconds:
            self._pinged_at = now
            if self.socket.send_ping():
                self.socket.start_drainer()
        if self.socket.is_closing():
            return now + self._limits.close_seconds
        return self._pinged_at + self._limits.comment_interval_seconds
