"""A server that sends back what it gets, of the product's own parts from the handshake on.

It differs in what a message means, and in the limits alone: a conformance suite sends
messages of megabytes, thousands of them, and as fast as it can.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

from monserv.clock import SystemClock
from monserv.stream import extension, handshake
from monserv.stream.client import Client, Visitor
from monserv.stream.limits import Limits
from monserv.stream.protocol import Event, Message
from monserv.stream.socket import ClientSocket

LIMITS = Limits(
    max_message_bytes=64 * 1024 * 1024,
    frames_per_second=1e9,
    burst_frames=10**9,
    max_pending_events=10**6,
)
_MAX_HEAD_BYTES = 16 * 1024
_TEXT_TO_BINARY = 0x1 ^ 0x2


class _EchoingClient(Client):
    """A client that hears what it said, in a chain of its own if it remembers what it heard."""

    __slots__ = ("_framed",)

    def __init__(self, client_socket: ClientSocket, clock: SystemClock) -> None:
        super().__init__(client_socket, clock, LIMITS, Visitor("127.0.0.1"))
        self._framed = (client_socket.form.chain() or client_socket.form).message

    def _answer(self, event: Event) -> None:
        if not isinstance(event, Message):
            super()._answer(event)
            return
        is_text = isinstance(event.data, str)
        payload = event.data.encode() if isinstance(event.data, str) else event.data
        frame = self._framed(payload)
        # The product says nothing in binary frames; they differ in their opcode alone.
        self._drain_if(
            self.socket.send_event(
                frame if is_text else bytes([frame[0] ^ _TEXT_TO_BINARY]) + frame[1:]
            )
        )


class EchoServer:
    """Listens on a port of this machine's own choice; a thread for each client."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="echo", daemon=True).start()

    def close(self) -> None:
        """Take no more clients."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=_serve, args=(client,), daemon=True).start()


def _serve(sock: socket.socket) -> None:
    with sock:
        environ = _request(sock)
        refusal = handshake.refusal(environ)
        if refusal is not None:
            sock.sendall(b"HTTP/1.1 %d Refused\r\nConnection: close\r\n\r\n" % refusal.status)
            return
        agreement = extension.agree(environ.get(handshake.EXTENSIONS, ""), may_chain=True)
        clock = SystemClock()
        client_socket = ClientSocket(sock, clock, LIMITS, agreement.form)
        client_socket.send(handshake.answer(environ, "", agreement.header))
        _EchoingClient(client_socket, clock).run()


def _request(sock: socket.socket) -> dict[str, Any]:
    """Return a request as gunicorn would; nothing follows its head until it is answered."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MAX_HEAD_BYTES:
        head += sock.recv(4096)
    line, *headers = head.decode("latin-1").split("\r\n")
    method, target, protocol = line.split(" ")
    environ = {"REQUEST_METHOD": method, "SERVER_PROTOCOL": protocol, "PATH_INFO": target}
    environ["QUERY_STRING"] = ""
    for header in headers:
        name, _, value = header.partition(":")
        if name:
            environ["HTTP_" + name.upper().replace("-", "_")] = value.strip()
    return environ
