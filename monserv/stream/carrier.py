"""How bytes get to a client and from it: over a plain socket, or through TLS on one.

A carrier never waits when it writes. What it could not write is given to it again,
from the same byte on, before anything else: TLS has begun a record with it.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from contextlib import suppress

RECEIVE_BYTES = 4096
# What one TLS record holds. A piece of this size is written whole or not at all, so that
# each call tells how far the client has got.
_RECORD_BYTES = 16384


class Plain:
    """A plain socket; under gevent the one behind the cooperative socket is written.

    ``direct`` is a socket to which one may write past the carrier, if there is one.
    """

    __slots__ = ("_raw", "_socket", "direct")

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._raw: socket.socket = getattr(sock, "_sock", sock)
        self.direct: socket.socket | None = self._raw

    def write(self, data: memoryview) -> int:
        """Return how many bytes the socket takes now; raises ``OSError`` when the peer is gone."""
        try:
            return self._raw.send(data, socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            return 0

    def read(self) -> bytes:
        """Return what came, waiting for it; ``b""`` when there will be no more."""
        try:
            return self._socket.recv(RECEIVE_BYTES)
        except OSError:
            return b""

    def shut(self, how: int) -> None:
        """Shut the connection down, one way or both."""
        with suppress(OSError):
            self._raw.shutdown(how)


class Tls:
    """TLS on a socket: one state for both directions, so each use of it holds the writer's lock.

    Nothing waits inside of TLS: the socket is non-blocking, and who reads waits for the
    bare descriptor, without the lock.
    """

    __slots__ = ("_lock", "_socket", "direct")

    def __init__(self, sock: ssl.SSLSocket, lock: threading.Lock) -> None:
        self.direct: socket.socket | None = None
        self._socket = sock
        self._lock = lock
        sock.setblocking(False)

    def write(self, data: memoryview) -> int:
        """Return as ``Plain`` does. Requires the lock."""
        sent = 0
        while sent < len(data):
            try:
                taken = self._socket.send(data[sent : sent + _RECORD_BYTES])
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                break
            if not taken:  # how gevent says the same
                break
            sent += taken
        return sent

    def read(self) -> bytes:
        """Return as ``Plain`` does."""
        while True:
            try:
                with self._lock:
                    return self._socket.recv(RECEIVE_BYTES)
            except ssl.SSLWantReadError:
                awaited = select.POLLIN
            except ssl.SSLWantWriteError:
                awaited = select.POLLOUT
            except (OSError, ValueError):
                return b""
            if not ready(self._socket, awaited):
                return b""

    def shut(self, how: int) -> None:
        """Shut down as ``Plain`` does, after the word that the stream ends here. Requires the lock.

        Without that word (close_notify) the peer could not tell an end from a cut.
        """
        with suppress(OSError, ValueError):
            self._socket.unwrap()
        with suppress(OSError):
            # SSLSocket's own would turn it into a plain socket for whoever reads.
            socket.socket.shutdown(self._socket, how)


def carrier(sock: socket.socket, lock: threading.Lock) -> Plain | Tls:
    """Return what carries the bytes of ``sock``; ``lock`` is that of its one writer."""
    return Tls(sock, lock) if isinstance(sock, ssl.SSLSocket) else Plain(sock)


def ready(sock: socket.socket, awaited: int, within_milliseconds: int | None = None) -> bool:
    """Wait for ``awaited``, an event of ``select.poll``; return whether it, or the end, came."""
    poller = select.poll()
    try:
        poller.register(sock.fileno(), awaited)
    except (ValueError, OSError):  # closed meanwhile
        return False
    return bool(poller.poll(within_milliseconds))
