"""A paramiko transport for thousands of quiet connections to untrusted servers."""

from __future__ import annotations

import contextlib
import logging
import socket
from typing import Any, NamedTuple

import paramiko
from paramiko.common import cMSG_SERVICE_REQUEST
from paramiko.message import Message
from paramiko.packet import Packetizer
from paramiko.ssh_exception import SSHException

from monserv.clock import give_way
from monserv.ssh import algorithms
from monserv.ssh.wires import ReadAhead, Wire

# No packet of a login or of a poll's output comes near this; a length of
# gigabytes before login is an attack on our memory.
MAX_PACKET_BYTES = 256 * 1024

# What a server may send for one question, and far more than it has to say. Beyond
# that it floods us: paramiko keeps what nobody reads, and never rests while more comes.
MAX_BYTES_PER_QUESTION = 8 * 1024 * 1024
MAX_PACKETS_PER_QUESTION = 20_000
PACKETS_AT_A_STRETCH = 16

# The lines before the handshake: RFC 4253 allows some before the version, and
# 255 bytes for that.
MAX_GREETING_BYTES = 16 * 1024

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


class CappedPacketizer(Packetizer):
    """Refuses greetings, packets and floods larger than anything a server has to say.

    It lets other threads go first every few packets.
    """

    # All that came and went, encrypted, since the connection was made.
    received_bytes = 0
    sent_bytes = 0

    _greeting_bytes = 0
    _bytes = 0
    _packets = 0

    def renew_allowance(self) -> None:
        """Let the server say as much again: it has been asked something."""
        self._bytes = self._packets = 0

    def read_message(self) -> tuple[int, Message]:
        """Read one packet; refuse what nobody can have asked for."""
        self._packets += 1
        if self._packets % PACKETS_AT_A_STRETCH == 0:
            give_way()
        if self._packets > MAX_PACKETS_PER_QUESTION or self._bytes > MAX_BYTES_PER_QUESTION:
            raise SSHException("the server sends far more than it was asked for")
        return super().read_message()

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        """Read ``n`` bytes; refuse more than ``MAX_PACKET_BYTES``."""
        if not 0 <= n <= MAX_PACKET_BYTES:
            raise SSHException(f"the server announced a packet of {n} bytes")
        self._bytes += n
        self.received_bytes += n
        return super().read_all(n, check_rekey)

    def write_all(self, out: bytes) -> None:  # type: ignore[override]  # it hands on bytes
        """Write all of ``out``, and count it."""
        self.sent_bytes += len(out)
        super().write_all(out)

    def _read_timeout(self, timeout: float) -> bytes:
        """Read a piece of the greeting, for which paramiko has no bound of its own."""
        piece: bytes = super()._read_timeout(timeout)  # type: ignore[misc]  # the stubs leave it out
        self._greeting_bytes += len(piece)
        if self._greeting_bytes > MAX_GREETING_BYTES:
            raise SSHException("the greeting has no end")
        return piece


_CIPHERS: tuple[str, ...] = paramiko.Transport._preferred_ciphers  # type: ignore[attr-defined]  # noqa: SLF001 -- what the installed paramiko offers
_AUTHENTICATING = tuple(name for name in _CIPHERS if "gcm" in name)
_OTHERS = tuple(name for name in _CIPHERS if "gcm" not in name)


class QuietTransport(paramiko.Transport):
    """Wakes up every few seconds instead of ten times a second.

    The wake-up only notices that the transport was closed by us, and ``abort``
    wakes it at once.
    """

    _active_check_timeout = 5.0
    # One call encrypts and authenticates; the others need a second pass, in Python.
    _preferred_ciphers = (*_AUTHENTICATING, *_OTHERS)
    packetizer_class = CappedPacketizer

    def __init__(self, wire: Wire) -> None:
        super().__init__(ReadAhead(wire), packetizer_class=self.packetizer_class)  # type: ignore[arg-type]  # it wants no more of a socket
        self.banner_timeout = self.handshake_timeout = self.auth_timeout = LOGIN_SECONDS
        self._raw = wire
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

    def _parse_disconnect(self, m: Message) -> None:
        """Keep the reason that the server gives, which paramiko only logs."""
        m.get_int()
        raise DisconnectedByServer(m.get_string().decode("utf-8", "replace"))

    def renew_allowance(self) -> None:
        """Let the server say as much again: it has been asked something."""
        self._capped().renew_allowance()

    def traffic(self) -> Traffic:
        """Return how much came and went so far."""
        packetizer = self._capped()
        return Traffic(packetizer.sent_bytes, packetizer.received_bytes)

    def _capped(self) -> CappedPacketizer:
        packetizer = self.packetizer
        assert isinstance(packetizer, CappedPacketizer), "it was built with one"
        return packetizer

    def settle(self) -> None:
        """Wake up no more: after the login only ``abort`` ends the connection from here.

        It is shut down then, which wakes whoever reads or writes it.
        """
        self._raw.settimeout(None)

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


def _copied(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def shut_down(wire: Wire) -> None:
    """End both directions of ``wire``, which wakes whoever reads or writes it."""
    # Not connected any more: then nobody waits on it.
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
