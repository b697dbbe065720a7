"""The shells of one login: channels of RFC 4254, spoken by the one thread that uses them.

Whoever waits for an answer reads the packets himself, and what they bring for another
shell waits there.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable
from struct import Struct

from paramiko.common import (
    CONNECTION_FAILED_CODE,
    MSG_CHANNEL_CLOSE,
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_EOF,
    MSG_CHANNEL_EXTENDED_DATA,
    MSG_CHANNEL_FAILURE,
    MSG_CHANNEL_OPEN,
    MSG_CHANNEL_OPEN_FAILURE,
    MSG_CHANNEL_OPEN_SUCCESS,
    MSG_CHANNEL_REQUEST,
    MSG_CHANNEL_SUCCESS,
    MSG_CHANNEL_WINDOW_ADJUST,
)
from paramiko.message import Message
from paramiko.ssh_exception import SSHException

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.ssh.transport import LOGIN_SECONDS, LentTransport, words

# What may come unread, and how much of it is read before the server may send as much
# again: a hundred answers, so that hardly any answer costs a packet of ours.
WINDOW_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 32 * 1024
# What every server takes at once, whatever it says; each byte by itself would cost us
# a packet.
LEAST_PIECE_BYTES = 4 * 1024

# No poll and no login has less.
GUARDED_SECONDS = 4.5

# A wait that is so much longer than one before is still like it.
REST_SLACK = 1.1

_NUMBER = Struct(">BI")
# Behind it stands how long the data is.
_DATA = Struct(">BII")
_SESSION = b"session"
_EXEC = b"exec"


class Channels:
    """The connection of one login; ``failure`` says in words what ended it."""

    def __init__(self, transport: LentTransport, clock: Clock) -> None:
        self._transport = transport
        self._packets = transport.packets
        # Let the server say as much again: it has been asked something.
        self.renew_allowance = transport.packets.renew_allowance
        self._clock = clock
        self._shells: dict[int, ChannelShell] = {}
        self._opened = 0
        self._quiet_seconds = 0.0
        self.failure: str | None = None

    def open_shell(self, command: bytes) -> ChannelShell:
        """Run ``command`` on a new channel; raises ``PollError``, ``OSError``."""
        number, self._opened = self._opened, self._opened + 1
        shell = self._shells[number] = ChannelShell(self, number)
        give_up_at = self._clock.monotonic() + LOGIN_SECONDS
        head = bytes((MSG_CHANNEL_OPEN,)) + _string(_SESSION)
        self.send(head + b"".join(map(_uint, (number, WINDOW_BYTES, PIECE_BYTES))))
        self._until(lambda: shell.remote is not None or shell.refusal is not None, give_up_at)
        if shell.refusal is not None:
            del self._shells[number]
            text = f"The server refused a session channel: {shell.refusal}"
            raise PollError(Cause.SHELL_UNUSABLE, text)
        self.send(_about(MSG_CHANNEL_REQUEST, shell) + _string(_EXEC) + b"\1" + _string(command))
        self._until(lambda: shell.is_granted is not None or shell.is_closed, give_up_at)
        if not shell.is_granted:
            shell.close()
            text = "The server refused to start /bin/sh: Channel closed."
            raise PollError(Cause.SHELL_UNUSABLE, text)
        return shell

    def may_rest(self, seconds: float) -> bool:
        """Whether the server need be waited for: it may ask something in that time.

        Not where it has been quiet for as long before, which it is after each poll anew, or
        is gone.
        """
        return self.failure is None and seconds > self._quiet_seconds * REST_SLACK

    def rest(self, seconds: float) -> bool:
        """Wait on the server, and answer what it asks meanwhile, if it may ask anything.

        Returns at once, and false, where it need not be waited for.
        """
        if not self.may_rest(seconds):
            return False
        rest_until = self._clock.monotonic() + seconds
        with contextlib.suppress(OSError):
            while (left := rest_until - self._clock.monotonic()) > 0:
                try:
                    self.pump(left)
                except TimeoutError:
                    self._quiet_seconds = seconds
                    break
                # It is one that asks whether we are there.
                seconds = 0.0
        return True

    def pump(self, seconds: float | None) -> None:
        """Take in one packet; raises ``TimeoutError``, ``ConnectionResetError``."""
        if self.failure is not None:
            raise ConnectionResetError(self.failure)
        try:
            self._transport.bound(seconds)
            payload = self._transport.pump()
            if payload:
                self._take(payload)
        except TimeoutError:
            raise
        except Exception as error:  # noqa: BLE001 -- paramiko hands on whatever a server's bytes caused
            raise self._over(error) from None

    def send(self, payload: bytes) -> None:
        """Send one packet; raises ``ConnectionResetError``."""
        if self.failure is not None:
            raise ConnectionResetError(self.failure)
        while self._transport.in_kex:
            # Nothing else may be said between two sets of keys.
            self.pump(LOGIN_SECONDS)
        try:
            self._packets.send_payload(payload)
        except Exception as error:  # noqa: BLE001 -- as above
            raise self._over(error) from None

    def deadline(self, seconds: float | None) -> float | None:
        """Return until when to wait."""
        return None if seconds is None else self._clock.monotonic() + seconds

    def left(self, until: float | None) -> float | None:
        """Return the seconds that are left; raises ``TimeoutError`` when there are none."""
        if until is None:
            return None
        left = until - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def forget(self, number: int) -> None:
        """Know nothing more of a channel that both sides have closed."""
        self._shells.pop(number, None)

    def close(self) -> None:
        """Let go of what is still open, now that the connection has ended."""
        self._shells.clear()

    def _over(self, error: Exception) -> ConnectionResetError:
        self.failure = words(error)
        self._transport.abort()
        return ConnectionResetError(self.failure)

    def _until(self, is_done: Callable[[], bool], give_up_at: float) -> None:
        while not is_done():
            self.pump(self.left(give_up_at))

    def _take(self, payload: bytes) -> None:
        kind, number = _NUMBER.unpack_from(payload)
        shell = self._shells.get(number)
        if shell is None:
            raise SSHException(f"the server speaks of channel {number}, which there is not")
        if kind == MSG_CHANNEL_DATA:
            shell.feed(payload[_DATA.size :])
        else:
            shell.take(kind, Message(payload[_NUMBER.size :]))


class ChannelShell:
    """A channel whose every failure is an ``OSError``, as a socket's would be."""

    def __init__(self, channels: Channels, number: int) -> None:
        self._channels = channels
        self._number = number
        self._pieces: deque[bytes] = deque()
        self._seconds: float | None = None
        # What the server may still send, and what was read since it was told so.
        self._window = WINDOW_BYTES
        self._read = 0
        self._their_window = 0
        self._their_piece = 0
        self._has_ended = False
        self._is_left = False
        self.is_closed = False
        # What the server calls it, once it has opened it.
        self.remote: int | None = None
        self.refusal: str | None = None
        self.is_granted: bool | None = None

    def settimeout(self, seconds: float | None, /) -> None:
        """Bound each later call; they raise ``TimeoutError``.

        Whoever may wait for longer than ``GUARDED_SECONDS`` has a deadline at which he is
        woken by ``abort``, so there is no timer for that.
        """
        self._seconds = None if seconds is None or seconds > GUARDED_SECONDS else seconds

    def recv(self, nbytes: int, /) -> bytes:
        """Return what has arrived, ``b""`` at its end.

        ``ConnectionResetError`` when the connection ended.
        """
        if not self._pieces:
            self._await()
            if not self._pieces:
                return b""
        piece = self._pieces.popleft()
        if len(piece) > nbytes:
            self._pieces.appendleft(piece[nbytes:])
            piece = piece[:nbytes]
        self._read += len(piece)
        if self._read > WINDOW_BYTES // 2 and not (self._has_ended or self._is_left):
            self._window += self._read
            more, self._read = self._read, 0
            self._channels.send(_about(MSG_CHANNEL_WINDOW_ADJUST, self) + _uint(more))
        return piece

    def sendall(self, data: bytes, /) -> None:
        """Send all of ``data``; ``BrokenPipeError`` when the shell itself has ended."""
        self._channels.renew_allowance()
        until = self._channels.deadline(self._seconds) if len(data) > self._their_window else None
        while data:
            while not self._their_window and not self.is_closed:
                self._channels.pump(self._channels.left(until))
            if self.is_closed or self._has_ended or self._is_left:
                raise BrokenPipeError("the shell has ended")
            piece = data[: min(self._their_window, self._their_piece)]
            data = data[len(piece) :]
            self._their_window -= len(piece)
            self._channels.send(_DATA.pack(MSG_CHANNEL_DATA, self.remote, len(piece)) + piece)

    def close(self) -> None:
        """Let go of the channel; what came on it unread, or still comes, is passed over."""
        # The server may never say that it has closed it as well.
        self._pieces.clear()
        if self._is_left or self.remote is None:
            return
        try:
            self._leave()
        except OSError:
            # It went with the connection.
            return

    def take(self, kind: int, message: Message) -> None:
        """Take in a packet that brings no data; raises whatever its bytes cause."""
        _TAKERS[kind](self, message)

    def _await(self) -> None:
        channels = self._channels
        until = channels.deadline(self._seconds)
        while not self._pieces and not self._has_ended and not self.is_closed:
            channels.pump(None if until is None else channels.left(until))

    def feed(self, data: bytes) -> None:
        """Take in data; raises ``SSHException`` when it is more than may come."""
        self._window -= len(data)
        if self._window < 0:
            raise SSHException("the server sends more than a channel may hold")
        # A piece of nothing would be read as the end.
        if data and not self._is_left:
            self._pieces.append(data)

    def _take_stderr(self, message: Message) -> None:
        """Noise of a login shell and complaints of the probe are read with the rest."""
        message.get_int()
        self.feed(message.get_binary())

    def _take_opened(self, message: Message) -> None:
        self.remote = message.get_int()
        self._their_window = message.get_int()
        self._their_piece = max(LEAST_PIECE_BYTES, min(message.get_int(), PIECE_BYTES))

    def _take_refused(self, message: Message) -> None:
        self.refusal = CONNECTION_FAILED_CODE.get(message.get_int(), "(unknown code)")

    def _take_window(self, message: Message) -> None:
        self._their_window += message.get_int()

    def _take_request(self, message: Message) -> None:
        """Say no to what is asked, such as whether we are still there: any answer will do."""
        message.get_string()
        if message.get_boolean():
            self._channels.send(_about(MSG_CHANNEL_FAILURE, self))

    def _take_granted(self, _message: Message) -> None:
        self.is_granted = True

    def _take_denied(self, _message: Message) -> None:
        self.is_granted = False

    def _take_end(self, _message: Message) -> None:
        self._has_ended = True

    def _take_close(self, _message: Message) -> None:
        self.is_closed = True
        self._leave()
        self._channels.forget(self._number)

    def _leave(self) -> None:
        if not self._is_left:
            self._channels.send(_about(MSG_CHANNEL_CLOSE, self))
            self._is_left = True


# What is no part of this is a mistake of the server.
_TAKERS: dict[int, Callable[[ChannelShell, Message], None]] = {
    MSG_CHANNEL_OPEN_SUCCESS: ChannelShell._take_opened,  # noqa: SLF001 -- the rest of the class
    MSG_CHANNEL_OPEN_FAILURE: ChannelShell._take_refused,  # noqa: SLF001 -- as above
    MSG_CHANNEL_WINDOW_ADJUST: ChannelShell._take_window,  # noqa: SLF001 -- as above
    MSG_CHANNEL_EXTENDED_DATA: ChannelShell._take_stderr,  # noqa: SLF001 -- as above
    MSG_CHANNEL_EOF: ChannelShell._take_end,  # noqa: SLF001 -- as above
    MSG_CHANNEL_CLOSE: ChannelShell._take_close,  # noqa: SLF001 -- as above
    MSG_CHANNEL_REQUEST: ChannelShell._take_request,  # noqa: SLF001 -- as above
    MSG_CHANNEL_SUCCESS: ChannelShell._take_granted,  # noqa: SLF001 -- as above
    MSG_CHANNEL_FAILURE: ChannelShell._take_denied,  # noqa: SLF001 -- as above
}


def _uint(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _string(text: bytes) -> bytes:
    return _uint(len(text)) + text


def _about(kind: int, shell: ChannelShell) -> bytes:
    assert shell.remote is not None, "nothing is said about a channel before it is open"
    return _NUMBER.pack(kind, shell.remote)
