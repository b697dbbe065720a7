"""A proxy between a poller and its server that breaks connections at a chosen byte."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from enum import Enum
from types import TracebackType
from typing import Self

from tests.ssh.scripted import shut

# With it, closing a socket sends a reset.
LINGER_NOT = struct.pack("ii", 1, 0)


class Fault(Enum):
    """What happens to a connection: silence with the connection open, or a reset."""

    FREEZE = "freeze"
    RESET = "reset"


class Meddler:
    """Passes everything on until told otherwise; a context."""

    def __init__(self, target_port: int, host: str = "127.0.0.1") -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._left: tuple[int, Fault] | None = None
        self._sockets: list[socket.socket] = []
        self._frozen: set[socket.socket] = set()
        self.target = (host, target_port)
        # While they hold: a byte a second from the server, and a reset to whoever calls.
        self.is_dripping = False
        self.is_refusing = False
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.passed_bytes = 0

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        shut(self._listener)
        for sock in list(self._sockets):
            shut(sock)
        for thread in self._threads:
            thread.join(30)

    def break_after(self, server_bytes: int, fault: Fault) -> None:
        """Let so many more bytes of the server pass, once, and then break that connection."""
        with self._lock:
            self._left = (server_bytes, fault)

    def reset_all(self) -> None:
        """Reset each connection that there is now."""
        for sock in self._sockets:
            _reset(sock)

    @property
    def has_broken(self) -> bool:
        with self._lock:
            return self._left is None

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                if self.is_refusing:
                    _reset(caller)
                    continue
                try:
                    server = socket.create_connection(self.target, 5)
                except OSError:
                    _reset(caller)
                    continue
                server.settimeout(None)
                self._sockets += [caller, server]
                for ends in ((caller, server, False), (server, caller, True)):
                    thread = threading.Thread(target=self._pump, args=ends, daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def _pump(self, source: socket.socket, target: socket.socket, from_server: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if from_server:
                    data, fault = self._allowed(self._drip(data, target))
                    target.sendall(data)
                    if fault is not None:
                        self._break(source, target, fault)
                        return
                elif target in self._frozen:
                    continue
                else:
                    target.sendall(data)
        if source not in self._frozen:
            shut(target)

    def _drip(self, data: bytes, target: socket.socket) -> bytes:
        """Send byte by byte while that is wanted; return the rest."""
        while self.is_dripping and data:
            target.sendall(data[:1])
            data = data[1:]
            time.sleep(1)
        return data

    def _allowed(self, data: bytes) -> tuple[bytes, Fault | None]:
        with self._lock:
            if self._left is None:
                allowed, fault = len(data), None
            elif self._left[0] >= len(data):
                self._left = (self._left[0] - len(data), self._left[1])
                allowed, fault = len(data), None
            else:
                (allowed, fault), self._left = self._left, None
            self.passed_bytes += allowed
            return data[:allowed], fault

    def _break(self, server: socket.socket, caller: socket.socket, fault: Fault) -> None:
        if fault is Fault.FREEZE:
            # Nothing more comes from there, and what the caller says goes nowhere.
            self._frozen.add(server)
            return
        _reset(caller)
        shut(server)


def _reset(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        # A thread that reads from it would keep it open.
        sock.shutdown(socket.SHUT_RD)
    sock.close()
