"""One client's frames that its socket would not take yet; bounded, no I/O.

A state frame replaces an older one that still waits, so a slow client skips
states and is never shown an old one after a new one. Events are kept, in order
with the state among them. A client that missed a frame on which later ones build is
owed a refresh: it is made when it leaves, and takes the place of the first frame that
was missed, so that the events before it come before it, and those after it after. Of
pings and of pongs the newest is enough (RFC 6455, section 5.5.3), and they overtake
whole frames. A close comes last, and nothing after it.
"""

from __future__ import annotations

from collections.abc import Callable

# Makes the frame that brings a client up to date. It is given the seq from which the
# client may go on when events that are older than the refresh follow it, else None.
Refresh = Callable[[int | None], bytes]


class Mailbox:
    """Frames that wait for one client, in the order in which they will leave."""

    __slots__ = ("_after", "_before", "_close", "_max_events", "_owed", "_ping", "_pong", "_state")

    def __init__(self, max_events: int) -> None:
        self._max_events = max_events
        # Events that leave before the waiting state, and after it. Lists, since
        # nearly every mailbox is empty and an empty deque takes ten times as much.
        self._before: list[bytes] = []
        self._after: list[bytes] = []
        self._state: bytes | None = None
        # What makes the refresh, and the seq of the last frame before it.
        self._owed: tuple[Refresh, int] | None = None
        self._ping: bytes | None = None
        self._pong: bytes | None = None
        self._close: bytes | None = None

    def put_state(self, frame: bytes) -> None:
        """Keep a state, in place of an older one."""
        self._before += self._after
        self._after.clear()
        self._state = frame

    def put_event(self, frame: bytes) -> bool:
        """Keep an event; return False when there are too many already."""
        if len(self._before) + len(self._after) >= self._max_events:
            return False
        is_first = self._state is None and self._owed is None
        (self._before if is_first else self._after).append(frame)
        return True

    def owe(self, refresh: Refresh, seq: int) -> None:
        """Keep it in mind that a frame was not kept; ``seq`` is that of the one before it."""
        if self._owed is None:
            self._owed = refresh, seq

    def put_ping(self, frame: bytes) -> None:
        """Keep a ping, in place of an older one."""
        self._ping = frame

    def put_pong(self, frame: bytes) -> None:
        """Keep a pong, in place of an older one."""
        self._pong = frame

    def put_close(self, frame: bytes, *, keep_events: bool) -> None:
        """Keep a close behind the events, or in place of everything."""
        self._state = self._ping = self._pong = self._owed = None
        self._before = [*self._before, *self._after] if keep_events else []
        self._after = []
        self._close = frame

    def pop(self) -> bytes | None:
        """Take out the frame that leaves next; None when nothing waits."""
        if (pong := self._pong) is not None:
            self._pong = None
            return pong
        if (ping := self._ping) is not None:
            self._ping = None
            return ping
        if (message := self._pop_message()) is not None:
            return message
        close, self._close = self._close, None
        return close

    def _pop_message(self) -> bytes | None:
        if self._before:
            return self._before.pop(0)
        state, owed = self._state, self._owed
        if state is not None or owed is not None:
            self._before, self._after = self._after, self._before
            self._state = self._owed = None
        if owed is not None:
            refresh, seq = owed
            return refresh(seq if self._before else None)
        return state
