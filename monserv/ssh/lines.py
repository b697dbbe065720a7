"""Lines through a jump server: TCP connections that it makes for us, each a channel of one login.

Whoever logs in behind it takes a line for a socket. What a line does never holds up another
one, and all of them end with the login that carries them.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

import paramiko
from paramiko.common import (
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_EXTENDED_DATA,
    cMSG_CHANNEL_OPEN,
    cMSG_GLOBAL_REQUEST,
)
from paramiko.message import Message
from paramiko.ssh_exception import SSHException

from monserv.clock import Clock, give_way
from monserv.errors import Cause, PollError
from monserv.ssh.lease import Lease
from monserv.ssh.packets import PACKETS_AT_A_STRETCH, CappedPacketizer
from monserv.ssh.transport import QuietTransport
from monserv.ssh.wires import Wire

OPEN_SECONDS = 4.0
# A jump server that takes no byte for so long has frozen.
STALL_SECONDS = 5.0
# Whoever's time is up meanwhile does not wait that long for it.
STUCK_SECONDS = 1.0
ALLOWANCE_SECONDS = 60.0

# What may wait in a line until it is read, and the largest piece of it.
WINDOW_BYTES = 512 * 1024
PIECE_BYTES = 32 * 1024

_PROHIBITED = 1
_CONNECT_FAILED = 2


class _Impatient:
    """A wire that ends when it takes no byte for ``STALL_SECONDS``."""

    def __init__(self, wire: Wire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._waits_since: float | None = None
        self._closed = False
        self.recv = wire.recv
        self.shutdown = wire.shutdown

    def settimeout(self, _seconds: float | None, /) -> None:
        self._wire.settimeout(STALL_SECONDS)

    def send(self, data: bytes, /) -> int:
        self._waits_since = self._clock.monotonic()
        try:
            return self._wire.send(data)
        except TimeoutError:
            self._wire.shutdown(socket.SHUT_RDWR)
            raise BrokenPipeError("the jump server takes nothing any more") from None
        finally:
            self._waits_since = None

    def is_stuck(self) -> bool:
        since = self._waits_since
        return since is not None and self._clock.monotonic() - since > STUCK_SECONDS

    def close(self) -> None:
        self._closed = True
        self._wire.close()


class _CarrierPacketizer(CappedPacketizer):
    """Counts against the allowance only what is not said in a line, which has bounds of its own."""

    heard = 0
    _counted = (0, 0)

    def read_message(self) -> tuple[int, Message]:
        """Read one packet."""
        self._counted = self._bytes, self._packets
        self.heard += 1
        if self.heard % PACKETS_AT_A_STRETCH == 0:
            give_way()
        return super().read_message()

    def forgive(self) -> None:
        """Do not count the packet just read."""
        self._bytes, self._packets = self._counted


class _Opening:
    """A line that is being opened."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self.channel = channel
        self.done = threading.Event()
        self.refusal: tuple[int, str] | None = None
        self.is_abandoned = False


class Carrier(QuietTransport):
    """A login on a jump server, which lines run through; ``label`` names it."""

    packetizer_class = _CarrierPacketizer

    def __init__(self, wire: Wire, label: str, clock: Clock) -> None:
        self._impatient = _Impatient(wire, clock)
        super().__init__(self._impatient)
        self.label = label
        self._clock = clock
        self._renewed_at = clock.monotonic()
        # Until the jump server has said the last about each: it alone knows when that is.
        self._known: dict[int, paramiko.Channel] = {}
        self._openings: dict[int, _Opening] = {}
        self.clear_to_send_timeout = STALL_SECONDS
        self._channel_handler_table: dict[int, Callable[[paramiko.Channel, Message], None]] = {
            **paramiko.Transport._channel_handler_table,  # type: ignore[attr-defined]  # noqa: SLF001 -- paramiko has no other place to say who takes what
            MSG_CHANNEL_DATA: self._take,
            # A connection has no second stream.
            MSG_CHANNEL_EXTENDED_DATA: lambda _channel, _message: None,
        }

    def open_line(self, host: str, port: int, lease: Lease) -> Line:
        """Return a connection that the jump server makes to ``port`` of ``host``.

        Raises ``PollError`` within ``OPEN_SECONDS``: ``PARENT_DOWN`` when the jump server
        itself is at fault, else ``UNREACHABLE``.
        """
        self.renew_allowance()
        heard = self._heard()
        opening = self._register()
        lease.hold(lambda: self._hurry(opening))
        if self.is_active():
            self._ask(opening, host, port)
            opening.done.wait(OPEN_SECONDS)
        with self.lock:
            opening.is_abandoned = not opening.channel.active
        if not opening.is_abandoned and not opening.channel.closed:
            return Line(opening.channel, self)
        raise self._failure(opening, f"{host} on port {port}", is_mute=self._heard() == heard)

    def is_asked(self) -> None:
        """Take note that somebody behind asks something; renews the allowance now and then."""
        now = self._clock.monotonic()
        if now - self._renewed_at > ALLOWANCE_SECONDS:
            self._renewed_at = now
            self.renew_allowance()

    def end_if_stuck(self) -> None:
        """End the login if nothing can be written to it; never waits."""
        if self._impatient.is_stuck():
            self.abort()

    def _heard(self) -> int:
        packetizer = self.packetizer
        assert isinstance(packetizer, _CarrierPacketizer), "it was built with one"
        return packetizer.heard

    def _register(self) -> _Opening:
        with self.lock:
            number: int = self._next_channel()  # type: ignore[attr-defined]  # the stubs leave it out
            channel = paramiko.Channel(number)
            opening = self._openings[number] = _Opening(channel)
            self._known[number] = channel
            self._channels.put(number, channel)  # type: ignore[attr-defined]  # as above
            self.channel_events[number] = opening.done
            self.channels_seen[number] = True
            # As ``open_channel`` does, which cannot be aborted.
            channel._set_transport(self)  # type: ignore[attr-defined]  # noqa: SLF001 -- see above
            channel._set_window(WINDOW_BYTES, PIECE_BYTES)  # type: ignore[attr-defined]  # noqa: SLF001 -- see above
        return opening

    def _ask(self, opening: _Opening, host: str, port: int) -> None:
        alive = Message()
        alive.add_byte(cMSG_GLOBAL_REQUEST)
        alive.add_string("keepalive@openssh.com")
        alive.add_boolean(True)
        wanted = Message()
        wanted.add_byte(cMSG_CHANNEL_OPEN)
        wanted.add_string("direct-tcpip")
        wanted.add_int(opening.channel.chanid)
        wanted.add_int(WINDOW_BYTES)
        wanted.add_int(PIECE_BYTES)
        wanted.add_string(host)
        wanted.add_int(port)
        wanted.add_string("127.0.0.1")
        wanted.add_int(0)
        # Whatever ends it here, the wait finds out.
        with contextlib.suppress(EOFError, OSError, SSHException):
            # It answers this at once, also while it still connects.
            self._send_user_message(alive)  # type: ignore[attr-defined]  # the stubs leave it out
            self._send_user_message(wanted)  # type: ignore[attr-defined]  # as above

    def _hurry(self, opening: _Opening) -> None:
        opening.done.set()
        self.end_if_stuck()

    def _failure(self, opening: _Opening, place: str, *, is_mute: bool) -> PollError:
        label = f"The jump server {self.label}"
        if opening.refusal is not None:
            code, text = opening.refusal
            if code == _PROHIBITED:
                return PollError(
                    Cause.UNREACHABLE,
                    f"{label} does not allow connections to {place}: its sshd_config says so, as"
                    f" AllowTcpForwarding or PermitOpen ({text})",
                )
            if code == _CONNECT_FAILED:
                return PollError(Cause.UNREACHABLE, f"{label} cannot reach {place}: {text}")
            return PollError(Cause.UNREACHABLE, f"{label} opens no connection to {place}: {text}")
        if not self.is_active():
            return PollError(Cause.PARENT_DOWN, f"{label} ended the connection")
        if is_mute:
            # All that is behind it would wait in vain.
            self.abort()
            return PollError(Cause.PARENT_DOWN, f"{label} no longer answers")
        return PollError(Cause.UNREACHABLE, f"{label} got no answer from {place} in time")

    def _parse_channel_open_success(self, m: Message) -> None:
        super()._parse_channel_open_success(m)  # type: ignore[misc]  # the stubs leave it out
        m.rewind()
        opening = self._openings.pop(m.get_int(), None)
        if opening is not None and opening.is_abandoned:
            opening.channel.close()

    def _parse_channel_open_failure(self, m: Message) -> None:
        number, code, text = m.get_int(), m.get_int(), m.get_string()
        opening = self._openings.pop(number, None)
        if opening is not None:
            opening.refusal = code, text.decode("utf-8", "replace")
            opening.done.set()
            self.channel_events.pop(number, None)
            self._unlink_channel(number)

    def _unlink_channel(self, number: int) -> None:
        """Forget a channel of which nothing more is to be heard."""
        super()._unlink_channel(number)  # type: ignore[misc]  # the stubs leave it out
        self.channels_seen.pop(number, None)
        self._known.pop(number, None)

    def _take(self, channel: paramiko.Channel, m: Message) -> None:
        """Take in what came for a line; never more than it has room for."""
        data = m.get_binary()
        if channel.closed:
            return
        held = len(channel.in_buffer) + channel.in_window_sofar
        if held + len(data) > WINDOW_BYTES:
            raise SSHException("the jump server sends more than a connection may hold")
        packetizer = self.packetizer
        assert isinstance(packetizer, _CarrierPacketizer), "it was built with one"
        packetizer.forgive()
        channel.in_buffer.feed(data)


class Line:
    """One connection through a jump server, as a transport takes a socket."""

    def __init__(self, channel: paramiko.Channel, carrier: Carrier) -> None:
        self._channel = channel
        self.carrier = carrier
        self._ahead = b""
        self._is_shut = False
        self._closing = threading.Lock()
        # As of a socket: paramiko asks for it.
        self._closed = False
        self._released: Callable[[], None] = lambda: None
        self.settimeout = channel.settimeout

    def when_closed(self, released: Callable[[], None]) -> None:
        """Call ``released`` once the line is let go of."""
        self._released = released

    def send(self, data: bytes, /) -> int:
        """Send some of ``data``; return how much."""
        if self._is_shut:
            raise BrokenPipeError("the connection was shut down")
        self.carrier.is_asked()
        return self._channel.send(data)

    def recv(self, nbytes: int, /) -> bytes:
        """Return what has arrived, ``b""`` at the end."""
        if self._ahead:
            piece, self._ahead = self._ahead[:nbytes], self._ahead[nbytes:]
            return piece
        data = self._channel.recv(nbytes)
        return b"" if self._is_shut else data

    def peek(self, nbytes: int, seconds: float) -> bytes:
        """Return what arrives first without taking it; raises ``OSError``."""
        self._channel.settimeout(seconds)
        try:
            self._ahead = self._channel.recv(nbytes)
        except (EOFError, SSHException) as error:
            raise ConnectionResetError(str(error)) from None
        return b"" if self._is_shut else self._ahead

    def shutdown(self, _how: int, /) -> None:
        """Wake whoever waits on this line; the jump server hears of it with ``close``."""
        with self._channel.lock:
            self._is_shut = True
            # Whoever waits for room to send gets none.
            self._channel.eof_sent = True
            self._channel.out_buffer_cv.notify_all()
        self._channel.in_buffer.close()
        self.carrier.end_if_stuck()

    def close(self) -> None:
        """Let go of the connection; idempotent."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self.shutdown(socket.SHUT_RDWR)
        # A login that has ended took the connection with it.
        with contextlib.suppress(EOFError, OSError, SSHException):
            self._channel.close()
        self._released()
