"""The one writer of a client's socket.

Every byte that goes to a client passes ``ClientSocket``: one lock around one ``Outlet``.
Nobody who sends ever waits: a frame is written at once as far as the socket takes it, and
a thread that lives only as long as something waits sends the rest.
"""

from __future__ import annotations

import select
import socket
import threading
from functools import partial

from monserv.clock import Clock
from monserv.model.traffic import Ending
from monserv.stream import drainer, frames, tcp
from monserv.stream.backlog import Reader
from monserv.stream.carrier import carrier, ready
from monserv.stream.drainer import Progress
from monserv.stream.farewell import LOST, Farewell
from monserv.stream.forms import WEB_SOCKET, Form
from monserv.stream.frames import CloseCode
from monserv.stream.limits import Limits
from monserv.stream.outlet import Outlet


class ClientSocket:
    """Sends whole frames in order, never waits, and closes a client that does not read.

    The ``send_*`` methods return True when what they left behind needs
    ``start_drainer()``; a broadcast calls that after its last client, because
    starting a thread lets others run. Who holds the lock may write to the ``outlet``.
    """

    __slots__ = (
        "_carrier",
        "_clock",
        "_close_sent_at",
        "_closing_at",
        "_drainer",
        "_give_up_seconds",
        "_limits",
        "_lock",
        "_raw",
        "_shut_after_close",
        "farewell",
        "form",
        "outlet",
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
        self.outlet = Outlet(self._carrier, limits.max_pending_events)
        self._drainer: threading.Thread | None = None
        self._shut_after_close = False
        self._closing_at = self._close_sent_at = float("inf")
        self.farewell = LOST  # until there is another reason: the first one stays
        # How long what waits before a close may take.
        self._give_up_seconds = limits.silence_seconds
        tcp.tune(self._raw, limits.silence_seconds)

    def send(self, data: bytes) -> int:
        """Send the answer to the request, in the words of a socket."""
        if self.send_event(bytes(data)):
            self.start_drainer()
        return len(data)

    def send_state(self, frame: bytes) -> bool:
        """Send a frame that a later one supersedes."""
        with self._lock:
            return self.outlet.put(frame, self.outlet.mailbox.put_state)

    def send_event(self, frame: bytes) -> bool:
        """Send a frame that is not to be lost; one too many closes the client."""
        with self._lock:
            return self.outlet.put(frame, self._keep_event)

    def send_step(self, frame: bytes, seq: int, reader: Reader, *, is_start: bool = False) -> bool:
        """Send a frame on which later ones build; the rest is as for ``Mailbox.put_step``."""
        keep = partial(self.outlet.mailbox.put_step, seq=seq, reader=reader, is_start=is_start)
        with self._lock:
            return self.outlet.put(frame, keep)

    def send_start(self, seq: int, reader: Reader) -> bool:
        """Send what ``reader.refresh`` makes as soon as there is room for it."""
        with self._lock:
            return self.outlet.put_start(seq, reader)

    def send_ping(self) -> bool:
        """Ask the client for a sign of life."""
        with self._lock:
            return self.outlet.put(self.form.ping(), self.outlet.mailbox.put_ping)

    def send_pong(self, payload: bytes) -> bool:
        """Answer a ping."""
        with self._lock:
            return self.outlet.put(frames.pong(payload), self.outlet.mailbox.put_pong)

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
            if self.is_closing():
                return False
            self._shut_after_close = shut or self.form.is_closed_by_end
            return self._close(Farewell(ending, code, reason), keep_events=keep_events)

    def send_expulsion(self, reason: str) -> bool:
        """Close a client that may not see more, with 1008 and soon, whether it reads or not."""
        with self._lock:
            self._give_up_seconds = self._limits.close_seconds
            self._shut_after_close = True
            if self.is_closing():
                return False
            revoked = Farewell(Ending.REVOKED, CloseCode.POLICY_VIOLATION, reason)
            return self._close(revoked, keep_events=False)

    def receive(self) -> bytes:
        """Return what the client sent, waiting for it; ``b""`` when there will be no more."""
        return self._carrier.read()

    def is_heard_within(self, milliseconds: int) -> bool:
        """Wait until the client says something; return whether it did, or is gone."""
        return ready(self._raw, select.POLLIN, milliseconds)

    def start_drainer(self) -> None:
        """Start the thread that sends what waits."""
        self._drainer = threading.Thread(
            target=drainer.drain,
            args=(self._raw, self._go_on, self._give_up, self._limits, self._clock),
            name=f"monserv-client-{self._raw.fileno()}",
            daemon=True,
        )
        try:
            self._drainer.start()
        except RuntimeError:  # no thread to be had: this client goes, the others stay
            self.abort(Farewell(Ending.OVERLOAD, reason="no thread to be had"))

    @property
    def queued(self) -> int:
        """How many frames could not leave at once, as a whole."""
        return self.outlet.queued

    @property
    def conflated(self) -> int:
        """How many frames a newer one made superfluous."""
        return self.outlet.mailbox.conflated

    def confirmed_bytes(self) -> int:
        """Return how many bytes the client's kernel has confirmed; 0 where nobody knows."""
        return tcp.confirmed_bytes(self._raw)

    def is_gone(self) -> bool:
        """Whether the client has ended the connection, which whoever reads may not know yet."""
        return tcp.is_ended_by_peer(self._raw)

    def is_close_overdue(self, now: float) -> bool:
        """Whether the peer had its time to read what waits and to answer our close."""
        return (
            now - self._close_sent_at >= self._limits.close_seconds
            or now - self._closing_at >= self._give_up_seconds
        )

    def is_closing(self) -> bool:
        """Whether a close is on its way, or the end has come."""
        return self.outlet.is_closing or self.outlet.is_over

    def is_over(self) -> bool:
        """Whether nothing will be written any more."""
        return self.outlet.is_over

    def hang_up(self) -> None:
        """End the connection both ways; the kernel still delivers what it took."""
        with self._lock:
            self.outlet.end()

    def abort(self, farewell: Farewell = LOST) -> None:
        """End the connection and let the kernel forget what it still holds for it."""
        with self._lock:
            if self.farewell is LOST:
                self.farewell = farewell
            tcp.forget_on_close(self._raw)
            self.outlet.end()

    def finish(self) -> None:
        """Let a close frame that waits go out, bounded; then nothing is written any more.

        The owner of the socket calls this before it closes it.
        """
        thread = self._drainer
        if self.outlet.is_closing and self.outlet.is_waiting and thread is not None:
            thread.join(self._limits.close_seconds)
        if self.outlet.is_waiting:
            self.abort()
        else:
            self.hang_up()
        if thread is not None:
            thread.join(self._limits.close_seconds)

    def _keep_event(self, frame: bytes) -> None:
        """Keep an event behind what waits, or close the client. Requires the lock."""
        if not self.outlet.mailbox.put_event(frame):
            slow = Farewell(Ending.SLOW, CloseCode.TRY_AGAIN_LATER, "reads too slowly")
            self._close(slow, keep_events=True)

    def _close(self, farewell: Farewell, *, keep_events: bool) -> bool:
        """Send a close, or keep it behind what waits. Requires the lock."""
        self.farewell = farewell
        self._closing_at = self._clock.monotonic()
        frame = self.form.close(farewell.code, farewell.reason)
        needs_drainer = self.outlet.put_close(frame, keep_events=keep_events)
        if not self.outlet.is_waiting:
            self._close_is_sent()
        return needs_drainer

    def _close_is_sent(self) -> None:
        """Start the peer's time to answer. Requires the lock."""
        self._close_sent_at = self._clock.monotonic()
        if self._shut_after_close:
            self.outlet.shut()

    def _go_on(self) -> Progress | None:
        """Send what waits as far as it goes; return how far, ``None`` when nothing waits."""
        with self._lock:
            has_moved = self.outlet.flush()
            if self.outlet.is_waiting:
                return Progress(has_moved, self.outlet.half_sent)
            if self.outlet.is_closing:
                self._close_is_sent()
            return None

    def _give_up(self, farewell: Farewell) -> None:
        """Close a client that is too slow, or end it where that is all there is left to do."""
        if farewell.code is None:
            self.abort(farewell)
            return
        with self._lock:
            if not self.outlet.is_closing:
                self._close(farewell, keep_events=False)
