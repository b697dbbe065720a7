"""Whole frames in their order through one carrier, as far as it takes them.

One half-sent frame at most, and one mailbox behind it: so no frame ever begins inside
another, and no byte is lost to a short write. Nothing here waits, and there is no lock:
whoever uses it holds that of its socket.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from monserv.stream.backlog import Reader
from monserv.stream.carrier import Plain, Tls
from monserv.stream.mailbox import Mailbox


class _Busy:
    """Stands for a socket to which nobody may write past the others."""

    __slots__ = ()

    def send(self, _data: bytes, _flags: int) -> int:
        """Take nothing."""
        return 0


_BUSY = _Busy()


class Outlet:
    """Methods that send return True when something waits now, and somebody has to ``flush``.

    ``direct`` is the bare socket while a frame may be written to it at once: while nothing
    waits, and there was no last frame. Else it takes nothing. ``queued`` counts the frames
    that could not leave at once as a whole.
    """

    __slots__ = (
        "_carrier",
        "_half_sent",
        "direct",
        "is_closing",
        "is_over",
        "is_waiting",
        "mailbox",
        "queued",
    )

    def __init__(self, carrier: Plain | Tls, max_events: int) -> None:
        self._carrier = carrier
        self._half_sent: memoryview | None = None
        self.direct: socket.socket | _Busy = carrier.direct or _BUSY
        self.mailbox = Mailbox(max_events)
        self.queued = 0
        self.is_waiting = False  # and whoever flushes has been asked for
        self.is_closing = False  # the last frame is on its way: nothing follows it
        self.is_over = False  # nothing is written any more

    @property
    def half_sent(self) -> object:
        """The frame of which a part has been sent, if there is one."""
        return None if self._half_sent is None else self._half_sent.obj

    def put(self, frame: bytes, keep: Callable[[bytes], None]) -> bool:
        """Write a frame; behind others that wait ``keep`` puts it into the mailbox."""
        if self.is_closing or self.is_over:
            return False
        if self.is_waiting:
            self.queued += 1
            keep(frame)
            return False
        return self._write_or_keep(frame)

    def put_start(self, seq: int, reader: Reader) -> bool:
        """Owe a reader a fresh start, which is made as soon as there is room for it."""
        if self.is_closing or self.is_over:
            return False
        self.mailbox.put_start(seq, reader)
        if self.is_waiting:
            return False
        self.is_waiting = True
        self.direct = _BUSY
        self.flush()
        self.queued += self.is_waiting
        return self.is_waiting

    def put_close(self, frame: bytes, *, keep_events: bool) -> bool:
        """Write the last frame; behind others that wait, or in place of all but events."""
        self.is_closing = True
        self.direct = _BUSY
        if self.is_waiting:
            self.mailbox.put_close(frame, keep_events=keep_events)
            return False
        return self._write_or_keep(frame)

    def keep_rest(self, frame: bytes | memoryview, sent: int) -> None:
        """Keep what ``direct`` did not take of a frame."""
        self._half_sent = memoryview(frame)[sent:]
        self.is_waiting = True
        self.queued += 1
        self.direct = _BUSY

    def flush(self) -> bool:
        """Write what waits, as far as it goes; return whether a byte went."""
        has_moved = False
        while not self.is_over and (waiting := self._next()) is not None:
            self._half_sent = self._write(waiting)
            if self._half_sent is not None:
                return has_moved or len(self._half_sent) < len(waiting)
            has_moved = True
        self._half_sent = None
        if self.mailbox.is_owing() and not self.is_over:
            return has_moved
        self.is_waiting = False
        if not self.is_closing and not self.is_over:
            self.direct = self._carrier.direct or _BUSY
        return has_moved

    def shut(self) -> None:
        """Say that nothing more will be sent; what the peer sends still comes."""
        self._carrier.shut(socket.SHUT_WR)

    def end(self) -> None:
        """Write nothing any more, and wake whoever waits for this socket, reading or writing."""
        if not self.is_over:
            self.is_over = True
            self.direct = _BUSY
            # What waits may know its reader, who knows this: nobody else would let go of it.
            self._half_sent = None
            self.mailbox.empty()
            self._carrier.shut(socket.SHUT_RDWR)

    def _write_or_keep(self, frame: bytes) -> bool:
        """Write a frame, or what goes of it; nothing waits before it."""
        rest = self._write(memoryview(frame))
        if rest is None:
            return False
        self.keep_rest(rest, 0)
        return True

    def _write(self, data: memoryview) -> memoryview | None:
        """Write what the socket takes now; return the rest."""
        if self.is_over:
            return None
        try:
            sent = self._carrier.write(data)
        except OSError:  # the peer is gone; whoever reads notices
            self.end()
            return None
        return data[sent:] if sent < len(data) else None

    def _next(self) -> memoryview | None:
        """Return what is to be written next, if there is room for it."""
        if self._half_sent is not None:
            return self._half_sent
        frame = self.mailbox.pop()
        return None if frame is None else memoryview(frame)
