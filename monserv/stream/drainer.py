"""The loop that sends what waits for one client, for as long as something does.

Waiting for room is ``select.poll``, which gevent makes cooperative.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from monserv.clock import Clock
from monserv.stream.farewell import Farewell
from monserv.stream.limits import Limits
from monserv.stream.pace import Pace

_POLL_SLICE_MILLISECONDS = 1000
# How often somebody asks whether there is room for what he is owed.
_WAIT_SECONDS = 0.25


class Progress(NamedTuple):
    """Whether a byte went, and what is being sent: as for ``Pace.look``."""

    has_moved: bool
    frame: object


def drain(
    raw: socket.socket,
    flush: Callable[[], Progress | None],
    give_up: Callable[[Farewell], None],
    limits: Limits,
    clock: Clock,
) -> None:
    """Call ``flush`` whenever the socket has room, until it says ``None``: nothing waits.

    A client that is too slow is given up, and what that leaves is flushed as well.
    """
    poller = select.poll()
    with suppress(ValueError, OSError):  # closed meanwhile: the next write says so
        poller.register(raw.fileno(), select.POLLOUT)
    pace = Pace(limits, clock.monotonic())
    until_room = threading.Event()
    while True:
        poller.poll(_POLL_SLICE_MILLISECONDS)
        progress = flush()
        if progress is None:
            return
        farewell = pace.look(progress.frame, clock.monotonic(), has_moved=progress.has_moved)
        if farewell is not None:
            give_up(farewell)
        elif progress.frame is None:
            until_room.wait(_WAIT_SECONDS)
