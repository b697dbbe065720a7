"""The one writer of a client's socket.

Every byte that goes to a client passes ``ClientSocket``: one lock, one half-sent
frame at most, one mailbox behind it. So no frame ever begins inside another, no
byte is lost to a short write, and nobody who sends ever waits: a frame is
written at once as far as the socket takes it, and a thread that lives only as
long as something waits sends the rest.

Waiting for room is ``select.poll``, which gevent makes cooperative.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from monserv.clock import Clock
from monserv.model.traffic import Ending
from monserv.stream import frames
from monserv.stream.backlog import Reader
from monserv.stream.carrier import carrier, ready
from monserv.stream.farewell import LOST, Farewell
from monserv.stream.forms import WEB_SOCKET, Form
from monserv.stream.frames import CloseCode
from monserv.stream.limits import Limits
from monserv.stream.mailbox import Mailbox
from monserv.stream.pace import Pace

_POLL_SLICE_MILLISECONDS = 1000
# How often somebody asks whether there is room for what he is owed.
_WAIT_SECONDS = 0.25
# Unsent bytes that the kernel may hold for a client: two messages of a hundred
# servers. Without it the kernel takes megabytes before it says that a client is
# slow, and the client is shown states that were long superseded.
_UNSENT_BYTES = 256 * 1024
_TCP_INFO_BYTES = 128
_BYTES_ACKED_AT = 120  # in the kernel's struct tcp_info, whose first byte is the state
# CLOSE, CLOSE_WAIT, LAST_ACK and CLOSING of the kernel's tcp_states.h: the peer has ended.
_ENDED_BY_PEER = frozenset({7, 8, 9, 11})
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # struct linger: on, 0 s


class _Busy:
    """Stands for a socket to which nobody may write past the others."""

    __slots__ = ()

    def send(self, _data: bytes, _flags: int) -> int:
        """Take nothing."""
        return 0


_BUSY = _Busy()


class ClientSocket:
    """Sends whole frames in order, never waits, and closes a client that does not read.

    The ``send_*`` methods return True when what they left behind needs
    ``start_drainer()``; a broadcast calls that after its last client, because
    starting a thread lets others run.

    ``direct`` is the bare socket while a frame may be written to it at once, by who
    holds the lock: while nothing waits, and no close was sent. Else it takes nothing.
    """

    __slots__ = (
        "_carrier",
        "_clock",
        "_close_sent_at",
        "_closing_at",
        "_drainer",
        "_give_up_seconds",
        "_half_sent",
        "_is_closing",
        "_is_draining",
        "_is_over",
        "_limits",
        "_lock",
        "_mailbox",
        "_raw",
        "_shut_after_close",
        "direct",
        "farewell",
        "form",
        "queued",
    )

    def __init__(
        self,
        sock: socket.socket,
        clock: Clock,
        limits: Limits,
        form: Form = WEB_SOCKET,
        lock: threading.Lock | None = None,
    ) -> None:
        """Guard ``sock``; ``lock``, which may be that of other sockets, too, is never held long."""
        self.form = form
        self._raw: socket.socket = getattr(sock, "_sock", sock)
        self._clock = clock
        self._limits = limits
        self._lock = lock or threading.Lock()
        self._carrier = carrier(sock, self._lock)
        self.direct: socket.socket | _Busy = self._carrier.direct or _BUSY
        self._mailbox = Mailbox(limits.max_pending_events)
        self._half_sent: memoryview | None = None
        self._drainer: threading.Thread | None = None
        self._is_draining = False  # something waits, and a drainer has been asked for
        self._is_closing = False  # a close frame is on its way: nothing follows it
        self._is_over = False  # nothing is written any more
        self._shut_after_close = False
        self._closing_at = self._close_sent_at = float("inf")
        self.farewell = LOST  # until there is another reason: the first one stays
        self.queued = 0  # frames that could not leave at once, as a whole
        # How long what waits before a close may take.
        self._give_up_seconds = limits.silence_seconds
        _tune(self._raw, limits.silence_seconds)

    def send(self, data: bytes) -> int:
        """Send the answer to the request, in the words of a socket."""
        with self._lock:
            needs_drainer = not self._is_draining and self._write_or_keep(bytes(data))
        if needs_drainer:
            self.start_drainer()
        return len(data)

    def keep_rest(self, frame: bytes | memoryview, sent: int) -> None:
        """Keep what ``direct`` did not take of a frame, for a drainer. Requires the lock."""
        self._half_sent = memoryview(frame)[sent:]
        self._is_draining = True
        self.queued += 1
        self.direct = _BUSY

    def send_state(self, frame: bytes) -> bool:
        """Send a frame that a later one supersedes."""
        return self._put(frame, self._mailbox.put_state)

    def send_event(self, frame: bytes) -> bool:
        """Send a frame that is not to be lost; one too many closes the client."""
        with self._lock:
            if self._is_closing or self._is_over:
                return False
            if not self._is_draining:
                return self._write_or_keep(frame)
            self.queued += 1
            if not self._mailbox.put_event(frame):
                slow = Farewell(Ending.SLOW, CloseCode.TRY_AGAIN_LATER, "reads too slowly")
                self._put_close(slow, keep_events=True)
            return False

    def send_step(self, frame: bytes, seq: int, reader: Reader, *, is_start: bool = False) -> bool:
        """Send a frame on which later ones build; the rest is as for ``Mailbox.put_step``."""
        keep = partial(self._mailbox.put_step, seq=seq, reader=reader, is_start=is_start)
        return self._put(frame, keep)

    def send_start(self, seq: int, reader: Reader) -> bool:
        """Send what ``reader.refresh`` makes as soon as there is room for it."""
        with self._lock:
            if self._is_closing or self._is_over:
                return False
            self._mailbox.put_start(seq, reader)
            if self._is_draining:
                return False
            self._is_draining = True
            self.direct = _BUSY
            self._flush()
            self.queued += self._is_draining
            return self._is_draining

    def send_ping(self) -> bool:
        """Ask the client for a sign of life."""
        return self._put(self.form.ping(), self._mailbox.put_ping)

    def send_pong(self, payload: bytes) -> bool:
        """Answer a ping."""
        return self._put(frames.pong(payload), self._mailbox.put_pong)

    def send_close(
        self,
        code: int | None,
        reason: str = "",
        *,
        ending: Ending = Ending.FAULT,
        keep_events: bool = True,
        shut: bool = False,
    ) -> bool:
        """Send a close, once; with ``shut`` the end of the stream follows it."""
        with self._lock:
            if self._is_closing or self._is_over:
                return False
            self._shut_after_close = shut or self.form.is_closed_by_end
            return self._put_close(Farewell(ending, code, reason), keep_events=keep_events)

    def send_expulsion(self, reason: str) -> bool:
        """Close a client that may not see more, with 1008 and soon, whether it reads or not."""
        with self._lock:
            self._give_up_seconds = self._limits.close_seconds
            self._shut_after_close = True
            if not self._is_closing and not self._is_over:
                revoked = Farewell(Ending.REVOKED, CloseCode.POLICY_VIOLATION, reason)
                return self._put_close(revoked, keep_events=False)
            return False

    def receive(self) -> bytes:
        """Return what the client sent, waiting for it; ``b""`` when there will be no more."""
        return self._carrier.read()

    def is_heard_within(self, milliseconds: int) -> bool:
        """Wait until the client says something; return whether it did, or is gone."""
        return ready(self._raw, select.POLLIN, milliseconds)

    def start_drainer(self) -> None:
        """Start the thread that sends what waits."""
        name = f"monserv-client-{self._raw.fileno()}"
        drainer = threading.Thread(target=self._drain, name=name, daemon=True)
        self._drainer = drainer
        try:
            drainer.start()
        except RuntimeError:  # no thread to be had: this client goes, the others stay
            self.abort(Farewell(Ending.OVERLOAD, reason="no thread to be had"))

    @property
    def conflated(self) -> int:
        """How many frames a newer one made superfluous."""
        return self._mailbox.conflated

    def confirmed_bytes(self) -> int:
        """Return how many bytes the client's kernel has confirmed; 0 where nobody knows."""
        try:
            info = self._raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
            return int(struct.unpack_from("Q", info, _BYTES_ACKED_AT)[0])
        except (OSError, struct.error):
            return 0

    def is_gone(self) -> bool:
        """Whether the client has ended the connection, which whoever reads may not know yet."""
        try:
            info = self._raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
        except OSError:  # not TCP, or closed meanwhile
            return False
        return info[0] in _ENDED_BY_PEER

    def is_close_overdue(self, now: float) -> bool:
        """Whether the peer had its time to read what waits and to answer our close."""
        return (
            now - self._close_sent_at >= self._limits.close_seconds
            or now - self._closing_at >= self._give_up_seconds
        )

    def is_closing(self) -> bool:
        """Whether a close is on its way, or the end has come."""
        return self._is_closing or self._is_over

    def is_over(self) -> bool:
        """Whether nothing will be written any more."""
        return self._is_over

    def hang_up(self) -> None:
        """End the connection both ways; the kernel still delivers what it took."""
        with self._lock:
            self._end()

    def abort(self, farewell: Farewell = LOST) -> None:
        """End the connection and let the kernel forget what it still holds for it."""
        with self._lock:
            if self.farewell is LOST:
                self.farewell = farewell
            with suppress(OSError):
                self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._end()

    def finish(self) -> None:
        """Let a close frame that waits go out, bounded; then nothing is written any more.

        The owner of the socket calls this before it closes it.
        """
        drainer = self._drainer
        if self._is_closing and self._is_draining and drainer is not None:
            drainer.join(self._limits.close_seconds)
        if self._is_draining:
            self.abort()
        else:
            self.hang_up()
        if drainer is not None:
            drainer.join(self._limits.close_seconds)

    def _put(self, frame: bytes, keep: Callable[[bytes], None]) -> bool:
        with self._lock:
            if self._is_closing or self._is_over:
                return False
            if self._is_draining:
                self.queued += 1
                keep(frame)
                return False
            return self._write_or_keep(frame)

    def _put_close(self, farewell: Farewell, *, keep_events: bool) -> bool:
        """Send a close, or keep it behind what waits. Requires the lock."""
        self.farewell = farewell
        self._is_closing = True
        self.direct = _BUSY
        self._closing_at = self._clock.monotonic()
        frame = self.form.close(farewell.code, farewell.reason)
        if self._is_draining:
            self._mailbox.put_close(frame, keep_events=keep_events)
            return False
        if self._write_or_keep(frame):
            return True
        self._close_is_sent()
        return False

    def _write_or_keep(self, frame: bytes) -> bool:
        """Return whether a drainer is needed. Requires the lock, and that nothing waits."""
        rest = self._write(memoryview(frame))
        if rest is None:
            return False
        self.keep_rest(rest, 0)
        return True

    def _write(self, data: memoryview) -> memoryview | None:
        """Write what the socket takes now; return the rest. Requires the lock."""
        if self._is_over:
            return None
        try:
            sent = self._carrier.write(data)
        except OSError:  # the peer is gone; whoever reads notices
            self._end()
            return None
        return data[sent:] if sent < len(data) else None

    def _drain(self) -> None:
        poller = select.poll()
        with suppress(ValueError, OSError):  # closed meanwhile: the next write says so
            poller.register(self._raw.fileno(), select.POLLOUT)
        pace = Pace(self._limits, self._clock.monotonic())
        until_room = threading.Event()
        while True:
            poller.poll(_POLL_SLICE_MILLISECONDS)
            with self._lock:
                has_moved = self._flush()
                if not self._is_draining:
                    return
                frame = None if self._half_sent is None else self._half_sent.obj
            farewell = pace.look(frame, self._clock.monotonic(), has_moved=has_moved)
            if farewell is not None:
                self._give_up(farewell)
            elif frame is None:
                until_room.wait(_WAIT_SECONDS)

    def _give_up(self, farewell: Farewell) -> None:
        if farewell.code is None:
            self.abort(farewell)
            return
        with self._lock:
            if not self._is_closing:
                self._put_close(farewell, keep_events=False)

    def _flush(self) -> bool:
        """Write what waits, as far as it goes; return whether a byte went. Requires the lock."""
        has_moved = False
        while not self._is_over and (waiting := self._next()) is not None:
            self._half_sent = self._write(waiting)
            if self._half_sent is not None:
                return has_moved or len(self._half_sent) < len(waiting)
            has_moved = True
        self._half_sent = None
        if self._mailbox.is_owing() and not self._is_over:
            return has_moved
        self._is_draining = False
        if self._is_closing:
            self._close_is_sent()
        elif not self._is_over:
            self.direct = self._carrier.direct or _BUSY
        return has_moved

    def _next(self) -> memoryview | None:
        """Return what is to be written next, if there is room for it. Requires the lock."""
        if self._half_sent is not None:
            return self._half_sent
        frame = self._mailbox.pop()
        return None if frame is None else memoryview(frame)

    def _close_is_sent(self) -> None:
        """Start the peer's time to answer. Requires the lock."""
        self._close_sent_at = self._clock.monotonic()
        if self._shut_after_close:
            self._carrier.shut(socket.SHUT_WR)

    def _end(self) -> None:
        """Wake whoever waits for this socket, reading or writing. Requires the lock."""
        if not self._is_over:
            self._is_over = True
            self.direct = _BUSY
            # What waits may know its reader, who knows this: nobody else would let go of it.
            self._half_sent = None
            self._mailbox.empty()
            self._carrier.shut(socket.SHUT_RDWR)


def _tune(raw: socket.socket, silence_seconds: float) -> None:
    for option, value in (
        (socket.TCP_NODELAY, 1),
        (socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES),
        # A peer that has vanished confirms nothing; without this it is waited for 15 minutes.
        (socket.TCP_USER_TIMEOUT, round(1000 * silence_seconds)),
    ):
        with suppress(OSError):  # not TCP
            raw.setsockopt(socket.IPPROTO_TCP, option, value)
