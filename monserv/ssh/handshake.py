"""The first half of a login: agreeing on algorithms and keys, and why that failed."""

from __future__ import annotations

import errno
import threading
from collections.abc import Collection

from paramiko.pkey import PKey
from paramiko.ssh_exception import IncompatiblePeer

from monserv.errors import Cause, PollError, TurnedAway
from monserv.ssh.slots import Held
from monserv.ssh.transport import LOGIN_SECONDS, DisconnectedByServer, QuietTransport, words

# A handshake takes a few ways there and back. Where the network loses large packets, all servers
# behind it fall silent in theirs, and must not keep the others out.
SLOT_SECONDS = 1.0


def agree(transport: QuietTransport, pinned: Collection[str], greeting: bytes, slot: Held) -> PKey:
    """Return the host key, of one of the ``pinned`` types where the server has such a one.

    ``greeting`` is what the server said first. ``slot`` is given back before the end when the
    server takes long, since others need it. Raises ``PollError``.
    """
    options = transport.get_security_options()
    wanted = [kind for kind in options.key_types if _family(kind) in pinned]
    options.key_types = wanted + [kind for kind in options.key_types if kind not in wanted]
    try:
        _wait(transport, slot)
        return transport.get_remote_server_key()
    except IncompatiblePeer as error:
        what = transport.lacking() or words(error)
        raise TurnedAway(
            Cause.UNREACHABLE, f"No common algorithm with the server: {what}"
        ) from None
    except Exception as error:  # noqa: BLE001 -- paramiko hands on whatever a server's bytes caused
        raise PollError(Cause.UNREACHABLE, _why(error, greeting)) from None


def _wait(transport: QuietTransport, slot: Held) -> None:
    has_ended = threading.Event()
    transport.start_client(event=has_ended)
    if not has_ended.wait(SLOT_SECONDS):
        slot.give_back()
        has_ended.wait(LOGIN_SECONDS - SLOT_SECONDS)
    error = transport.get_exception()
    if error is not None:
        raise error


def _family(algorithm: str) -> str:
    """Return the key type behind a signature algorithm."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm


def _why(error: Exception, greeting: bytes) -> str:
    text = words(error)
    if isinstance(error, DisconnectedByServer):
        return f"The server ended the SSH handshake: {text}"
    if "banner" in text or "protocol version" in text:
        return f"What answers on this port is no SSH server; it said: {_first_line(greeting)}"
    if isinstance(error, EOFError):
        return "The connection ended during the SSH handshake"
    if isinstance(error, OSError) and error.errno == errno.EBADF:
        # What gevent says when we shut a connection down under its reader.
        return "The server fell silent during the SSH handshake"
    return f"The SSH handshake failed: {text}"


def _first_line(greeting: bytes) -> str:
    return greeting.decode("utf-8", "replace").splitlines()[0]
