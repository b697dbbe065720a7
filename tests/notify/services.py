"""A web server that stands in for Slack, Telegram and webhooks."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    path: str
    body: Any


class Service:
    """Answers every POST with ``status`` after ``delay_seconds``, and keeps what was posted."""

    def __init__(self, status: int = 200, delay_seconds: float = 0.0) -> None:
        self.status = status
        self.delay_seconds = delay_seconds
        self.calls: list[Call] = []
        self._closing = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                text = body.decode()
                is_json = text.startswith("{")
                service.calls.append(Call(self.path, json.loads(text) if is_json else text))
                service._closing.wait(service.delay_seconds)
                answer = service._answer(self.path)
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(answer)))
                if service.status == 429:
                    self.send_header("Retry-After", "1")
                if 300 <= service.status < 400:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(30)

    def _answer(self, path: str) -> bytes:
        if path.startswith("/services/"):
            return b"ok" if self.status == 200 else b"no_service"
        return json.dumps({"ok": self.status == 200, "result": {}}).encode()

    def wait_for(self, count: int, seconds: float = 30.0) -> list[Call]:
        """Return the calls once there are so many."""
        give_up_at = time.monotonic() + seconds
        while len(self.calls) < count and time.monotonic() < give_up_at:
            time.sleep(0.02)
        return self.calls
