"""One client's frames that its socket would not take yet; bounded, no I/O.

A state frame replaces an older one that still waits, so a slow client skips
states and is never shown an old one after a new one. Events are kept, in order
with the state among them. Frames that build on each other are a ``Backlog``'s. Of
pings and of pongs the newest is enough (RFC 6455, section 5.5.3), and they overtake
whole frames. A close comes last, and nothing after it.
"""

from __future__ import annotations

from monserv.stream.backlog import Backlog, Reader


class Mailbox:
    """Frames that wait for one client, in the order in which they will leave."""

    __slots__ = (
        "_after",
        "_backlog",
        "_before",
        "_close",
        "_max_events",
        "_ping",
        "_pong",
        "_state",
        "conflated",
    )

    def __init__(self, max_events: int) -> None:
        self._max_events = max_events
        self.conflated = 0  # how many frames a newer one made superfluous
        self.empty()

    def empty(self) -> None:
        """Keep nothing."""
        # Events that leave before the waiting state, and after it. Lists, since
        # nearly every mailbox is empty and an empty deque takes ten times as much.
        self._before: list[bytes] = []
        self._after: list[bytes] = []
        self._state: bytes | None = None
        self._backlog: Backlog | None = None
        self._ping: bytes | None = None
        self._pong: bytes | None = None
        self._close: bytes | None = None

    def put_state(self, frame: bytes) -> None:
        """Keep a state, in place of an older one."""
        self.conflated += self._state is not None
        self._before += self._after
        self._after.clear()
        self._state = frame

    def put_event(self, frame: bytes) -> bool:
        """Keep an event; return False when there are too many already."""
        backlog = self._backlog
        waiting = len(self._before) + len(self._after)
        if waiting + (backlog.event_count if backlog else 0) >= self._max_events:
            return False
        if backlog is not None:
            backlog.put_event(frame)
        else:
            (self._before if self._state is None else self._after).append(frame)
        return True

    def put_step(self, frame: bytes, seq: int, reader: Reader, *, is_start: bool = False) -> None:
        """Keep a frame on which later ones build, or what brings its reader up to date.

        ``seq`` and ``is_start`` are as for ``Backlog``. Who gets steps gets no states.
        """
        if self._backlog is None:
            self._backlog = Backlog(reader)
        self.conflated += self._backlog.put_step(frame, seq, is_start=is_start)

    def put_start(self, seq: int, reader: Reader) -> None:
        """Owe a reader of steps a fresh start, which is made when it leaves."""
        if self._backlog is None:
            self._backlog = Backlog(reader)
        self._backlog.put_start(seq)

    def put_ping(self, frame: bytes) -> None:
        """Keep a ping, in place of an older one."""
        self._ping = frame

    def put_pong(self, frame: bytes) -> None:
        """Keep a pong, in place of an older one."""
        self._pong = frame

    def put_close(self, frame: bytes, *, keep_events: bool) -> None:
        """Keep a close behind the events, or in place of everything."""
        self._state = self._ping = self._pong = None
        if self._backlog is not None:
            self._before += self._backlog.events()
            self._backlog = None
        if not keep_events:
            self._before.clear()
            self._after.clear()
        self._close = frame

    def is_owing(self) -> bool:
        """Whether something waits for which there may be no room yet."""
        return self._backlog is not None

    def pop(self) -> bytes | bytearray | None:
        """Take out the frame that leaves next; None when nothing waits, or there is no room."""
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

    def _pop_message(self) -> bytes | bytearray | None:
        if self._before:
            return self._before.pop(0)
        if (state := self._state) is not None:
            self._before, self._after, self._state = self._after, self._before, None
            return state
        if self._after:
            return self._after.pop(0)
        if self._backlog is None:
            return None
        frame = self._backlog.pop()
        if self._backlog.is_empty():
            self._backlog = None
        return frame
