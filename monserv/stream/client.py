"""One connected client: what it says, and whether it lives."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.clock import Clock
from monserv.model.traffic import Ending
from monserv.stream.frames import CloseCode
from monserv.stream.limits import Limits
from monserv.stream.protocol import (
    Care,
    Event,
    PeerClosed,
    Ping,
    Protocol,
    Violation,
    care,
)
from monserv.stream.socket import ClientSocket

# What a client may still send after it broke a rule, while its close is on its
# way: closing a socket with unread bytes could destroy the close frame.
_MAX_DISCARDED_BYTES = 4 * 1024 * 1024

# What a client may see. The hub tells views apart, and looks into none.
View = frozenset[str]
EVERYTHING: View = frozenset()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose client it is: where it comes from, what it may see, and what let it in.

    ``credential`` is empty where nothing was needed.
    """

    address: str
    view: View = EVERYTHING
    credential: str = ""


class Client:
    """Reads a client until it is gone, and watches that it is alive."""

    __slots__ = (
        "_clock",
        "_heard_at",
        "_limits",
        "_pinged_at",
        "_protocol",
        "socket",
        "visitor",
    )

    def __init__(
        self, client_socket: ClientSocket, clock: Clock, limits: Limits, visitor: Visitor
    ) -> None:
        now = clock.monotonic()
        self.socket = client_socket
        self.visitor = visitor
        self._clock = clock
        self._limits = limits
        self._protocol = Protocol(limits, now, is_deflated=client_socket.form.is_deflated)
        self._heard_at = now
        self._pinged_at = now

    def run(self) -> None:
        """Read and answer until the client is gone; return with nothing left to be written."""
        try:
            self._converse()
        finally:
            self.socket.finish()

    def tend(self, now: float) -> float:
        """Ping or close the client when that is due; return when to look again."""
        if self.socket.is_close_overdue(now):
            self.socket.hang_up()
            return now + self._limits.close_seconds
        due, look_at = care(
            self._limits, now=now, heard_at=self._heard_at, pinged_at=self._pinged_at
        )
        if due is Care.CLOSE:
            words = "no sign of life"
            self._drain_if(
                self.socket.send_close(CloseCode.INTERNAL_ERROR, words, ending=Ending.SILENT)
            )
        elif due is Care.PING:
            self._pinged_at = now
            self._drain_if(self.socket.send_ping())
        return now + self._limits.close_seconds if self.socket.is_closing() else look_at

    def _converse(self) -> None:
        while (data := self.socket.receive()) and not self.socket.is_over():
            now = self._clock.monotonic()
            self._heard_at = now
            for event in self._protocol.receive(data, now):
                self._answer(event)
                if isinstance(event, PeerClosed):
                    return
                if isinstance(event, Violation):
                    self._discard()
                    return

    def _answer(self, event: Event) -> None:
        match event:
            case Ping(payload):
                self._drain_if(self.socket.send_pong(payload))
            case PeerClosed(code):
                self._drain_if(self.socket.send_close(code, ending=Ending.PEER, keep_events=False))
            case Violation(code, reason):
                self._drain_if(
                    self.socket.send_close(
                        code, reason, ending=Ending.VIOLATION, keep_events=False, shut=True
                    )
                )

    def _discard(self) -> None:
        """Read on until the peer is gone; ``tend`` ends it when its time is over."""
        left = _MAX_DISCARDED_BYTES
        while left > 0 and (data := self.socket.receive()) and not self.socket.is_over():
            left -= len(data)

    def _drain_if(self, is_needed: bool) -> None:
        if is_needed:
            self.socket.start_drainer()
