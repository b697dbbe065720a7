"""TLS at the door: contexts whose handshakes end in time.

Imported where gevent has already patched ``ssl`` and ``select``, so that a handshake
keeps nobody else waiting.
"""

from __future__ import annotations

import errno
import select
import socket
import ssl
from pathlib import Path
from typing import Any

from monserv.clock import SystemClock
from monserv.stream.carrier import ready

# From the connection to the end of the handshake, however many bytes come meanwhile.
HANDSHAKE_SECONDS = 10.0


class DoorSocket(ssl.SSLSocket):
    """A server's end of a connection; a handshake that fails is a connection that was reset.

    That is how gunicorn takes it without a word: anybody can send noise.
    """

    def do_handshake(self, block: bool = False) -> None:  # noqa: ARG002 -- as in ssl
        """Shake hands within ``HANDSHAKE_SECONDS``, or raise ``ConnectionResetError``."""
        clock = SystemClock()
        give_up_at = clock.monotonic() + HANDSHAKE_SECONDS
        self.setblocking(False)
        while (awaited := self._step()) is not None:
            left_seconds = give_up_at - clock.monotonic()
            if left_seconds <= 0 or not ready(self, awaited, round(left_seconds * 1000)):
                raise ConnectionResetError(errno.ECONNRESET, "no TLS handshake in time")
        self.setblocking(True)

    def _step(self) -> int | None:
        """Go on as far as possible; return the event that is needed to go on, None at the end."""
        try:
            super().do_handshake()
        except ssl.SSLWantReadError:
            return select.POLLIN
        except ssl.SSLWantWriteError:
            return select.POLLOUT
        except OSError:
            raise ConnectionResetError(errno.ECONNRESET, "no TLS handshake") from None
        return None


class DoorContext(ssl.SSLContext):
    """Makes ``DoorSocket``s, and leaves the handshake to whoever got one."""

    sslsocket_class = DoorSocket

    def wrap_socket(self, sock: socket.socket, *_rest: Any, **_more: Any) -> ssl.SSLSocket:
        """Return the server's end of TLS on ``sock``, before the handshake."""
        return super().wrap_socket(sock, server_side=True, do_handshake_on_connect=False)


def context(certificate: Path, key: Path) -> DoorContext:
    """Return a context for a server with this certificate chain and key."""
    made = DoorContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    # Writing would have to wait for what the client says.
    made.options |= ssl.OP_NO_RENEGOTIATION
    made.load_cert_chain(certificate, key)
    return made
