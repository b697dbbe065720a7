"""Open a TCP connection to a server, within one bound, and say why when it fails."""

from __future__ import annotations

import errno
import ipaddress
import select
import socket
from collections.abc import Callable
from typing import Any

from monserv.clock import Clock
from monserv.errors import Cause, PollError
from monserv.model.trial import Step
from monserv.offload import CallRefused, CallTimeout, RealThreads
from monserv.ssh.witness import NOBODY, Witness

CONNECT_SECONDS = 5.0
RESOLVERS = 8
GREETING_BYTES = 80

_WORDS = {
    errno.ECONNREFUSED: "Connection refused: nothing listens on port {port} of {host}",
    errno.EHOSTUNREACH: "No route to {host}",
    errno.ENETUNREACH: "The network of {host} is unreachable",
    errno.ETIMEDOUT: "{host} does not answer on port {port}",
}

Address = tuple[
    socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
]


def dial(
    host: str, port: int, resolvers: RealThreads, clock: Clock, witness: Witness = NOBODY
) -> socket.socket:
    """Return a connected socket; tries each address of the name in turn.

    Raises ``PollError(UNREACHABLE)`` within ``CONNECT_SECONDS``. One address that
    hangs leaves time for the next.
    """
    give_up_at = clock.monotonic() + CONNECT_SECONDS
    addresses = _resolve(host, port, resolvers)
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


def _resolve(host: str, port: int, resolvers: RealThreads) -> list[Address]:
    try:
        literal = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return _look_up(host, port, resolvers)
    if "%" in host or literal.version == 6:  # noqa: PLR2004 -- the IP version
        flags = socket.AI_NUMERICHOST
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
        except OSError:
            raise PollError(
                Cause.UNREACHABLE,
                f"The address {host} cannot be used: after the % stands the interface of this "
                "machine behind which a link-local address is",
            ) from None
        return [(family, address) for family, _, _, _, address in found]
    return [(socket.AF_INET, (host, port))]


def _look_up(host: str, port: int, resolvers: RealThreads) -> list[Address]:
    try:
        # Where the resolver did it, gevent would print a traceback for each name that is none.
        name = host.encode("idna")
        found = resolvers.call(
            CONNECT_SECONDS, lambda: socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        )
    except (CallTimeout, CallRefused):
        raise PollError(Cause.UNREACHABLE, f"The name {host} was not resolved in time") from None
    except (OSError, UnicodeError) as error:
        detail = error.strerror if isinstance(error, OSError) else "not a host name"
        raise PollError(
            Cause.UNREACHABLE, f"The name {host} cannot be resolved: {detail}"
        ) from None
    return [(family, address) for family, _, _, _, address in found]
