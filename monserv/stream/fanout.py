"""One frame to many clients: a single call of the kernel for each that can take it whole.

What is saved here on one client is saved a thousand times a message, so nothing is called
and nothing is locked for a client that is well. All sockets of a hub share one lock.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from monserv.stream.socket import ClientSocket

_AT_ONCE = socket.MSG_DONTWAIT


class _Reached(Protocol):
    """Whoever has a socket."""

    @property
    def socket(self) -> ClientSocket:
        """Return its socket."""


C = TypeVar("C", bound=_Reached)


def write_to_all(
    clients: Iterable[C], frame: bytes, lock: threading.Lock, keep: Callable[[C], bool]
) -> list[C]:
    """Write ``frame`` to all clients, now; return those that need ``start_drainer()``.

    ``lock`` is that of all their sockets. ``keep`` sends the frame to a client for whom
    something waits already, or whose socket is full, and returns as ``send_*`` do.
    """
    length = len(frame)
    slow, waiting = [], []
    with lock:
        for client in clients:
            try:
                sent = client.socket.outlet.direct.send(frame, _AT_ONCE)
            except OSError:  # full, or gone: whoever keeps it finds out which
                sent = 0
            if sent == length:
                continue
            if sent > 0:
                client.socket.outlet.keep_rest(frame, sent)
                slow.append(client)
            else:
                waiting.append(client)
    slow += [client for client in waiting if keep(client)]
    return slow


def start_drainers(slow: Iterable[_Reached]) -> None:
    """Let what waits for each of these be sent: after the last one, since it lets others run."""
    for each in slow:
        each.socket.start_drainer()
