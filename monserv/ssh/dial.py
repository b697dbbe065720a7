"""Open a TCP connection to a server, within one bound, and say why when it fails."""

from __future__ import annotations

import errno
import select
import socket
from collections.abc import Callable
from typing import Any

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.model.trial import Step
from monserv.ssh.names import Names
from monserv.ssh.witness import NOBODY, Witness

CONNECT_SECONDS = 5.0
GREETING_BYTES = 80

_WORDS = {
    errno.ECONNREFUSED: "Connection refused: nothing listens on port {port} of {host}",
    errno.EHOSTUNREACH: "No route to {host}",
    errno.ENETUNREACH: "The network of {host} is unreachable",
    errno.ETIMEDOUT: "{host} does not answer on port {port}",
}


def dial(
    host: str, port: int, names: Names, clock: Clock, witness: Witness = NOBODY
) -> socket.socket:
    """Return a connected socket; tries each address of the name in turn.

    Raises ``PollError(UNREACHABLE)`` within ``CONNECT_SECONDS``. One address that
    hangs leaves time for the next.
    """
    give_up_at = clock.monotonic() + CONNECT_SECONDS
    addresses = names.addresses(host, port, CONNECT_SECONDS)
    witness.reached(Step.NAME)
    failure = OSError(errno.ETIMEDOUT, "timed out")
    for index, (family, address) in enumerate(addresses):
        share = (give_up_at - clock.monotonic()) / (len(addresses) - index)
        try:
            sock = _connect(family, address, max(0.1, share))
        except TimeoutError:
            failure = OSError(errno.ETIMEDOUT, "timed out")
        except OSError as error:
            failure = error
        else:
            witness.reached(Step.TCP)
            return sock
    words = _WORDS.get(failure.errno or 0, "Cannot connect to {host}: {error}")
    raise PollError(
        Cause.UNREACHABLE,
        words.format(host=host, port=port, error=failure.strerror or failure),
    )


def _connect(family: socket.AddressFamily, address: Any, seconds: float) -> socket.socket:
    # A machine without IPv6 fails here already.
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.connect(address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        sock.close()
        raise
    return sock


def peek(sock: socket.socket, nbytes: int, seconds: float) -> bytes:
    """Return what arrives first without taking it; raises ``OSError``."""
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    if not poller.poll(seconds * 1000):
        raise TimeoutError
    return sock.recv(nbytes, socket.MSG_PEEK)


def await_greeting(peek_at: Callable[[int, float], bytes], seconds: float) -> bytes:
    """Wait until the server has said anything, and return it without taking it.

    Raises ``PollError(UNREACHABLE)`` when it stays silent or hangs up.
    """
    try:
        greeting = peek_at(GREETING_BYTES, seconds)
    except TimeoutError:
        raise PollError(
            Cause.UNREACHABLE,
            f"The server accepts connections but said nothing for {seconds:.0f} s: no SSH server?",
        ) from None
    if not greeting:
        raise PollError(
            Cause.UNREACHABLE, "The server closed the connection before it said anything"
        )
    return greeting
