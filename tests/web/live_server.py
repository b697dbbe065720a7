"""The product's own gunicorn around ``live_app``, on a port of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import conformance, prepared
from tests.stream.peer import Peer
from tests.stream.reader import Reader

ROOT = Path(__file__).parents[2]
_GUNICORN = (
    *(sys.executable, "-m", "gunicorn", "tests.web.live_app:build()"),
    *("--config", "gunicorn.conf.py"),
)


# A thousand clients of which a buffer or a thread stays would be many times that.
LITTLE_BYTES = 5_000_000


class LiveServer:
    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log
        self._sockets: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    def log(self) -> str:
        return self._log.read_text()

    def ask(self, path: str, body: bytes | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        address = f"http://127.0.0.1:{self.port}{path}"
        wanted = urllib.request.Request(address, data=body, headers=headers)
        with urllib.request.urlopen(wanted, timeout=30) as answer:
            return json.loads(answer.read())

    def publish(self, kind: str, payload: bytes) -> float:
        """Publish and return how many seconds the hub took."""
        return float(self.ask(f"/publish/{kind}", payload)["seconds"])

    def vitals(self) -> dict[str, int]:
        found: dict[str, int] = self.ask("/vitals")
        return found

    def growth(self, come_and_go: Callable[[], None]) -> dict[str, int]:
        """Return by how much each vital sign grew while clients came and went.

        What is kept of each client is kept every time; what memory is taken for as many
        at once as a busy machine lets pile up is taken once, so there are a few tries.
        """
        for _ in range(3):
            before = self.vitals()
            come_and_go()
            self.wait_for_clients(0)
            after = self.vitals()
            grown = {name: after[name] - value for name, value in before.items()}
            if grown["memory_bytes"] < LITTLE_BYTES:
                break
        return grown

    def wait_for_clients(self, count: int, within_seconds: float = 30.0) -> None:
        give_up_at = time.monotonic() + within_seconds
        while (found := self.vitals()["clients"]) != count:
            assert time.monotonic() < give_up_at, f"{found} clients, not {count}"
            time.sleep(0.02)

    def close_all(self) -> None:
        """Close every socket that was handed out."""
        while self._sockets:
            self._sockets.pop().close()

    def request(self, *headers: str, line: str = "GET /ws HTTP/1.1") -> socket.socket:
        """Send a raw request and return the socket."""
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self._sockets.append(sock)
        sock.sendall("\r\n".join((line, *headers, "", "")).encode("latin-1"))
        return sock

    def connect(
        self,
        *extra: str,
        receive_buffer_bytes: int = 0,
        segment_bytes: int = 0,
        is_deflated: bool = False,
    ) -> Peer:
        """Connect a raw client; small buffers and segments make it feel far away."""
        if is_deflated:
            extra = (*extra, "Sec-WebSocket-Extensions: permessage-deflate")
        sock = self._far_away(receive_buffer_bytes, segment_bytes)
        lines = ("GET /ws HTTP/1.1", *HANDSHAKE, *extra, "", "")
        sock.sendall("\r\n".join(lines).encode("latin-1"))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = sock.recv(1)
            assert byte, f"no handshake: {head!r}"
            head += byte
        assert head.startswith(b"HTTP/1.1 101 "), head
        peer = Peer(sock, 15.0, window_bits=15 if is_deflated else None)
        peer.head = head.decode("latin-1")
        return peer

    def listen(self, *extra: str, receive_buffer_bytes: int = 0, segment_bytes: int = 0) -> Reader:
        """Open the event stream, as ``connect`` does the WebSocket."""
        sock = self._far_away(receive_buffer_bytes, segment_bytes)
        lines = ("GET /api/v1/sse/dashboard HTTP/1.1", "Host: 127.0.0.1", *extra, "", "")
        sock.sendall("\r\n".join(lines).encode("latin-1"))
        reader = Reader(sock, 15.0)
        reader.read_head()
        assert reader.head.startswith("HTTP/1.1 200 "), reader.head
        return reader

    def _far_away(self, receive_buffer_bytes: int, segment_bytes: int) -> socket.socket:
        sock = socket.socket()
        self._sockets.append(sock)
        sock.settimeout(30)
        if receive_buffer_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        if segment_bytes:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment_bytes)
        sock.connect(("127.0.0.1", self.port))
        return sock


HANDSHAKE = (
    "Host: 127.0.0.1",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


@contextmanager
def live_server(
    directory: Path, kind: type[LiveServer] = LiveServer, **environment: str
) -> Iterator[LiveServer]:
    """Run the server; its log must be free of tracebacks at the end."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    port = listener.getsockname()[1]
    log = directory / "gunicorn.log"
    prepared.put(directory / "data")
    settings = {
        "SERVER_PORT": str(port),
        "MONSERV_DATA_DIR": str(directory / "data"),
        "ALLOWED_ORIGINS": "https://friend.example",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*_GUNICORN, "--bind", f"fd://{listener.fileno()}"],
            cwd=ROOT,
            env=os.environ | settings | environment,
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=output,
        )
    listener.close()
    conformance.excuse(port)
    server = kind(process, port, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        server.close_all()
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert "Traceback" not in server.log()


def _wait_until_ready(server: LiveServer) -> None:
    give_up_at = time.monotonic() + 60
    while True:
        try:
            server.vitals()
        except OSError:
            assert server.process.poll() is None, server.log()
            assert time.monotonic() < give_up_at, server.log()
            time.sleep(0.1)
        else:
            return
