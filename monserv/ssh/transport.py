"""A paramiko transport for thousands of quiet connections to untrusted servers."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple

import paramiko
from paramiko.common import (
    MSG_CHANNEL_FAILURE,
    MSG_CHANNEL_OPEN,
    MSG_DEBUG,
    MSG_DISCONNECT,
    MSG_IGNORE,
    MSG_UNIMPLEMENTED,
    cMSG_SERVICE_REQUEST,
    cMSG_UNIMPLEMENTED,
)
from paramiko.message import Message
from paramiko.ssh_exception import SSHException
from paramiko.transport import _active_threads  # type: ignore[attr-defined]  # paramiko ends these with the process

from monserv.errors import Cause, PollError
from monserv.ssh import algorithms
from monserv.ssh.group_exchange import BoundedGroupExchange
from monserv.ssh.packets import CappedPacketizer, Released
from monserv.ssh.wires import ReadAhead, Wire

LOGIN_SECONDS = 10.0
FINISH_SECONDS = 1.0

# paramiko tells its story in tracebacks, once per broken connection; every
# failure reaches us as an exception and gets one line of our own.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


class Traffic(NamedTuple):
    """Bytes as they are on the wire, encrypted."""

    sent_bytes: int
    received_bytes: int


class DisconnectedByServer(SSHException):
    """The server said good-bye; the text is its own."""


# What is about channels, RFC 4254; before it come global requests.
_ABOUT_CHANNELS = range(MSG_CHANNEL_OPEN + 1, MSG_CHANNEL_FAILURE + 1)
_NOTHING_TO_DO = frozenset({MSG_IGNORE, MSG_UNIMPLEMENTED, MSG_DEBUG})
# RFC 4253: their meaning depends on the algorithm.
_KEY_EXCHANGE = range(30, 42)
# RFC 8308: a name and a value, each with its length before it.
_LEAST_EXTENSION_BYTES = 8

_CIPHERS: tuple[str, ...] = paramiko.Transport._preferred_ciphers  # type: ignore[attr-defined]  # noqa: SLF001 -- what the installed paramiko offers
_AUTHENTICATING = tuple(name for name in _CIPHERS if "gcm" in name)
_OTHERS = tuple(name for name in _CIPHERS if "gcm" not in name)


class QuietTransport(paramiko.Transport):
    """Wakes up every few seconds during a login, and no more after it.

    The wake-up only notices that the transport was closed by us, and ``abort``
    wakes it at once.
    """

    _active_check_timeout = 5.0
    # One call encrypts and authenticates; the others need a second pass, in Python.
    _preferred_ciphers = (*_AUTHENTICATING, *_OTHERS)
    packetizer_class = CappedPacketizer
    _kex_info: Mapping[str, type] = {
        **paramiko.Transport._kex_info,  # type: ignore[attr-defined]  # noqa: SLF001 -- the stubs leave it out
        BoundedGroupExchange.name: BoundedGroupExchange,
    }

    def __init__(self, wire: Wire) -> None:
        super().__init__(ReadAhead(wire), packetizer_class=self.packetizer_class)  # type: ignore[arg-type]  # it wants no more of a socket
        assert isinstance(self.packetizer, CappedPacketizer), "it was built with one"
        # What packets go through.
        self.packets: CappedPacketizer = self.packetizer
        self.banner_timeout = self.auth_timeout = LOGIN_SECONDS
        self._raw = wire
        self._expected_packet: tuple[int, ...] = ()
        self._has_service = False
        self._their_algorithms: dict[str, Any] = {}

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        """The kinds of host key to ask for: no certificates, which nobody here verifies."""
        return self._filter_algorithm("keys")  # type: ignore[attr-defined, no-any-return]  # the stubs leave it out

    def _really_parse_kex_init(self, m: Message, ignore_first_byte: bool = False) -> Any:
        """Keep what the server offers, of which paramiko's error says nothing."""
        parsed = super()._really_parse_kex_init(m, ignore_first_byte)  # type: ignore[misc]  # the stubs leave it out
        # paramiko goes on to change these lists.
        self._their_algorithms = {name: _copied(value) for name, value in parsed.items()}
        return parsed

    def lacking(self) -> str | None:
        """Return for what the server offers no algorithm of ours, and which ones it does."""
        if not self._their_algorithms:
            return None
        return algorithms.lacking(self._their_algorithms, self.get_security_options())

    def _send_message(self, data: Message) -> None:
        """Ask for the service of logging in only once.

        paramiko asks before each way to log in. OpenSSH grants it as often as it is asked,
        others (asyncssh) end the connection at the second time.
        """
        if data.asbytes()[:1] != cMSG_SERVICE_REQUEST:
            super()._send_message(data)  # type: ignore[misc]  # the stubs leave it out
        elif not self._has_service:
            self._has_service = True
            super()._send_message(data)  # type: ignore[misc]  # as above
        else:
            granted = Message()
            granted.add_string("ssh-userauth")
            granted.rewind()
            assert self.auth_handler is not None, "it is the one that asks"
            self.auth_handler._parse_service_accept(granted)  # type: ignore[attr-defined]  # noqa: SLF001 -- as if it was granted again; the stubs leave it out

    def _parse_ext_info(self, msg: Message) -> None:
        """Refuse more extensions than a packet holds: paramiko counts up to whatever it says."""
        nbytes, count = len(msg.asbytes()), msg.get_int()
        if count * _LEAST_EXTENSION_BYTES > nbytes:
            raise SSHException(f"the server announced {count} extensions in {nbytes} bytes")
        msg.rewind()
        super()._parse_ext_info(msg)  # type: ignore[misc]  # the stubs leave it out

    def _parse_disconnect(self, m: Message) -> None:
        """Keep the reason that the server gives, which paramiko only logs."""
        m.get_int()
        raise DisconnectedByServer(m.get_string().decode("utf-8", "replace"))

    def renew_allowance(self) -> None:
        """Let the server say as much again: it has been asked something."""
        self.packets.renew_allowance()

    def traffic(self) -> Traffic:
        """Return how much came and went so far."""
        packetizer = self.packets
        return Traffic(packetizer.sent_bytes, packetizer.received_bytes)

    def settle(self) -> None:
        """Wake up no more: after the login only ``abort`` ends the connection from here.

        It is shut down then, which wakes whoever reads or writes it.
        """
        self._raw.settimeout(None)

    def run(self) -> None:
        """Read, as long as that is left to this thread."""
        try:
            super().run()
        except Released:
            _active_threads.remove(self)

    def abort(self) -> None:
        """Wake everything that waits on this connection; safe from any thread, never waits."""
        shut_down(self._raw)

    def finish(self) -> None:
        """End the connection; bounded.

        Its thread is given time to see the end first: closed under its feet, the
        socket's number could already be the next connection's.
        """
        self.abort()
        if self.is_alive():
            self.join(FINISH_SECONDS)
        self.close()
        self._raw.close()
        self._untie()

    def _untie(self) -> None:
        """Leave no circle behind, which only a search among everything would free.

        A thread that did not see the end in time may still use what it holds.
        """
        if self.is_alive():
            return
        self.saved_exception = self.auth_handler = self.kex_engine = None
        self._handler_table: dict[int, Any] = {}


class LentTransport(QuietTransport):
    """One whose thread ends with the login: whoever asks reads the answers as well.

    A thread that reads for another one costs as much as the reading.
    """

    _is_unbound = False

    def _auth_trigger(self) -> None:
        """Take note that the login is accepted; called by the thread that reads."""
        asked = self.auth_handler.auth_event if self.auth_handler is not None else None
        if asked is None or asked.is_set():
            # Nobody would read the answer to what is asked next.
            raise SSHException("the server accepted a login that it was not asked for")
        super()._auth_trigger()  # type: ignore[misc]  # the stubs leave it out
        self.packets.release()

    def settle(self) -> None:
        """Take over from the thread; raises ``PollError``."""
        super().settle()
        # It waits for nobody any more, only for its turn.
        self.join(LOGIN_SECONDS)
        if self.is_alive():
            raise PollError(Cause.UNREACHABLE, "The login did not come to its end")

    def bound(self, seconds: float | None) -> None:
        """Bound each later wait; ``pump`` raises ``TimeoutError`` then."""
        if seconds is None and self._is_unbound:
            return
        self._is_unbound = seconds is None
        self._raw.settimeout(seconds)

    def pump(self) -> bytes:
        """Read one packet and return it, ``b""`` when it was about the connection itself.

        Raises ``TimeoutError``, after which it can be called again; whatever else it raises
        ended the connection.
        """
        packetizer = self.packets
        if packetizer.need_rekey() and not self.in_kex:
            self._send_kex_init()  # type: ignore[attr-defined]  # the stubs leave it out
        payload = packetizer.read_payload()
        kind = payload[0]
        if kind in _ABOUT_CHANNELS and not self._expected_packet:
            return payload
        if kind in _NOTHING_TO_DO:
            return b""
        self._take(*packetizer.parsed(payload))
        return b""

    def _take(self, kind: int, message: Message) -> None:
        """Do with a packet what paramiko's own loop does."""
        if kind == MSG_DISCONNECT:
            self._parse_disconnect(message)
        expected, self._expected_packet = self._expected_packet, ()
        if expected and kind not in expected:
            raise SSHException(f"packet {kind} came out of turn")
        if expected and kind in _KEY_EXCHANGE:
            assert self.kex_engine is not None, "it is what expects these"
            self.kex_engine.parse_next(kind, message)
        elif kind in self._handler_table:
            self._handler_table[kind](message)
        else:
            unknown = cMSG_UNIMPLEMENTED + message.seqno.to_bytes(4, "big")
            self.packets.send_payload(unknown)


def _copied(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def shut_down(wire: Wire) -> None:
    """End both directions of ``wire``, which wakes whoever reads or writes it."""
    # Not connected any more: then nobody waits on it.
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def words(error: Exception) -> str:
    """Return what ended a connection, in words."""
    # What gevent says when we shut a connection down under its reader is an end like any other.
    if isinstance(error, EOFError) or getattr(error, "errno", None) == errno.EBADF:
        return "the connection was closed"
    if isinstance(error, (SSHException, OSError)):
        return str(error) or "the connection was closed"
    return f"the server sent what is no SSH ({type(error).__name__})"
