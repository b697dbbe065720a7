"""What the kernel is told about a client's connection, and what it knows of it.

Where a socket is no TCP connection, or is closed meanwhile, it knows nothing.
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress

# Unsent bytes that the kernel may hold for a client: two messages of a hundred
# servers. Without it the kernel takes megabytes before it says that a client is
# slow, and the client is shown states that were long superseded.
_UNSENT_BYTES = 256 * 1024
_TCP_INFO_BYTES = 128
_BYTES_ACKED_AT = 120  # in the kernel's struct tcp_info, whose first byte is the state
# CLOSE, CLOSE_WAIT, LAST_ACK and CLOSING of the kernel's tcp_states.h: the peer has ended.
_ENDED_BY_PEER = frozenset({7, 8, 9, 11})
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # struct linger: on, 0 s


def tune(raw: socket.socket, silence_seconds: float) -> None:
    """Let the kernel send at once, keep little, and give up a peer that confirms nothing."""
    for option, value in (
        (socket.TCP_NODELAY, 1),
        (socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES),
        # A peer that has vanished confirms nothing; without this it is waited for 15 minutes.
        (socket.TCP_USER_TIMEOUT, round(1000 * silence_seconds)),
    ):
        with suppress(OSError):
            raw.setsockopt(socket.IPPROTO_TCP, option, value)


def forget_on_close(raw: socket.socket) -> None:
    """Let the kernel throw away what it still holds for the peer, once the socket is closed."""
    with suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)


def confirmed_bytes(raw: socket.socket) -> int:
    """Return how many bytes the peer's kernel has confirmed; 0 where nobody knows."""
    try:
        info = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
        return int(struct.unpack_from("Q", info, _BYTES_ACKED_AT)[0])
    except (OSError, struct.error):
        return 0


def is_ended_by_peer(raw: socket.socket) -> bool:
    """Whether the peer has ended the connection, which whoever reads may not know yet."""
    try:
        info = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    except OSError:
        return False
    return info[0] in _ENDED_BY_PEER
