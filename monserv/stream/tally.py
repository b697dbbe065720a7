"""What the hub remembers of clients that are gone, and adds up with those that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from monserv.model.traffic import Ending, Traffic
from monserv.stream.forms import WEB_SOCKET
from monserv.stream.socket import ClientSocket


class Tally:
    """Counts WebSocket clients; the caller sees to it that one thread at a time does."""

    def __init__(self) -> None:
        self._closed: Counter[tuple[str, str]] = Counter()
        self._queued = self._conflated = 0
        self._sent_bytes: Counter[str] = Counter()

    def leave(self, gone: ClientSocket) -> None:
        """Take in the counts of a client that is gone, while its descriptor is still open."""
        if gone.form.name != WEB_SOCKET.name:
            return
        farewell = gone.farewell
        is_violation = farewell.ending is Ending.VIOLATION
        self._closed[farewell.ending.value, str(farewell.code) if is_violation else ""] += 1
        self._queued += gone.queued
        self._conflated += gone.conflated
        self._sent_bytes[_compression(gone)] += gone.confirmed_bytes()

    def traffic(self, connected: Iterable[ClientSocket]) -> Traffic:
        """Return the counts of all clients that there were and are."""
        here = [each for each in connected if each.form.name == WEB_SOCKET.name]
        sent_bytes = self._sent_bytes.copy()
        for each in here:
            sent_bytes[_compression(each)] += each.confirmed_bytes()
        return Traffic(
            closed=dict(self._closed),
            queued=self._queued + sum(each.queued for each in here),
            conflated=self._conflated + sum(each.conflated for each in here),
            clients=Counter(map(_compression, here)),
            sent_bytes=sent_bytes,
        )


def _compression(client_socket: ClientSocket) -> str:
    return "deflate" if client_socket.form.is_deflated else "none"
