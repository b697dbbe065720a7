"""HTTP over connections that stay open, as browsers like it, in front of a server of WebSockets."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from websockets.datastructures import Headers
from websockets.http11 import Response
from websockets.sync.server import Server

UPGRADED = b"GET /ws "
PEEKED = socket.MSG_PEEK | socket.MSG_WAITALL


@dataclass(frozen=True)
class Asked:
    """A request; ``path`` has its query."""

    method: str
    path: str
    headers: Headers
    body: bytes


class Connections:
    """Answers what comes to ``server``, and leaves to it those that ask for ``/ws``.

    It closes each connection after one answer, and a page asks for some seventy files: a
    connection and a thread for each of them cost more than all that the files are read for.
    """

    def __init__(self, server: Server, answer: Callable[[Asked], Response]) -> None:
        self._server = server
        self._answer = answer
        self._upgrade = server.handler
        self._open: set[socket.socket] = set()
        self._has_ended = False
        server.handler = self._take

    def end(self) -> None:
        """Let no connection wait for another request; what was asked is still answered."""
        self._has_ended = True
        for connection in tuple(self._open):
            # The browser may have closed it meanwhile.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)

    def _take(self, connection: socket.socket, address: object) -> None:
        self._open.add(connection)
        if self._asks_for_upgrade(connection):
            self._open.discard(connection)
            self._upgrade(connection, address)
            return
        try:
            with connection, contextlib.suppress(ConnectionError):
                self._serve(connection)
        finally:
            self._open.discard(connection)
            with self._server.lock:
                self._server.handler_threads.discard(threading.current_thread())

    def _asks_for_upgrade(self, connection: socket.socket) -> bool:
        """Wait for the first request: a browser also opens connections that it may never use."""
        with contextlib.suppress(ConnectionError):
            return not self._has_ended and connection.recv(len(UPGRADED), PEEKED) == UPGRADED
        return False

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection.makefile("rb") as reader:
            while not self._has_ended and (asked := _read(reader)):
                connection.sendall(self._answer(asked).serialize())


def _read(reader: BinaryIO) -> Asked | None:
    """Return the next request, or None if the browser asks for nothing any more."""
    first = reader.readline()
    if not first.endswith(b"\n"):
        return None
    method, path, _ = first.decode("latin-1").split(" ")
    headers = Headers()
    while line := reader.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    return Asked(method, path, headers, reader.read(int(headers.get("Content-Length", "0"))))
