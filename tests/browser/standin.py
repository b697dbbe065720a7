"""A small server that stands in for monserv, so that a test can script what a page sees."""

from __future__ import annotations

import json
import marshal
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl
from uuid import uuid4

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from monserv.web import catalogues
from tests.browser import past, world
from tests.browser.connections import Asked, Connections
from tests.browser.served import answer, envelope, file_answer, json_answer, page_answer

KEYED = Subprotocol("monserv.v2")


class StandIn:
    """Serves the real page, styles and scripts, and answers from its attributes.

    ``refuses_sockets`` answers every WebSocket handshake with 503, and without
    ``speaks_keyed`` one that offers ``monserv.v2``; ``is_mute`` answers no question.
    A path in ``failing`` is answered with that status, one in ``holding`` not at all; pages
    are in ``language``.
    """

    def __init__(self, interval_seconds: float = 0.5) -> None:
        self.servers: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self.alerts: list[dict[str, Any]] = []
        self.journal: list[dict[str, Any]] = []
        self.trends: dict[str, Any] = {}
        self.session: dict[str, Any] = {"name": "", "role": "admin", "csrf_token": ""}
        self.notifications: dict[str, Any] = {"channels": [], "deliveries": [], "total": 0}
        self.journal: list[dict[str, Any]] = []
        self.past = past.Past()
        self.language = catalogues.ENGLISH
        self.refuses_sockets = False
        self.speaks_keyed = True
        self.is_mute = False
        # What is asked first: it answers what changes something, and leaves the rest.
        self.changing: Callable[[Asked], Response | None] = lambda _asked: None
        self.failing: dict[str, int] = {}
        self.holding: set[str] = set()
        self.requested: list[str] = []
        self.journal_asked: list[dict[str, str]] = []
        self.heard: list[dict[str, Any]] = []
        self.interval_seconds = interval_seconds
        self._sockets: set[ServerConnection] = set()
        self._connected = threading.Event()
        self._closing = threading.Event()
        self._lock = threading.RLock()
        self._told: dict[str, Any] = {}
        self._made: dict[str, tuple[bytes, dict[str, Any]]] = {}
        self._told_alerts: dict[str, Any] = {}
        self.restart()
        self._server = serve(
            self._talk,
            "127.0.0.1",
            0,
            process_request=self._admit,
            select_subprotocol=lambda _socket, offered: KEYED if KEYED in offered else None,
            close_timeout=1,
        )
        self._connections = Connections(self._server, self._answer)
        self.port = self._server.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, name="stand-in")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self.drop_sockets()
        self._connections.end()
        self._server.shutdown()
        self._thread.join(30)

    def socket_count(self) -> int:
        """How many WebSockets are open."""
        return len(self._sockets)

    def restart(self) -> None:
        """Forget what was told, as a process that starts again does."""
        with self._lock:
            self._epoch = uuid4().hex
            self._seq = 0
            self._replay: list[dict[str, Any]] = []

    def push(self, message: dict[str, Any], protocol: Subprotocol | None = None) -> None:
        """Send one message to every socket of a protocol; the first may still be on its way."""
        assert self._connected.wait(30)
        for socket in tuple(self._sockets):
            if socket.subprotocol == protocol:
                socket.send(json.dumps(message))

    def push_state(self) -> None:
        """Send what has changed, or the current state, to every socket."""
        self.push({"type": "metrics_update", "data": self.state})
        with self._lock:
            if changes := self._changes():
                self._tell({"type": "delta", "servers": changes})

    def push_alert(self, kind: str, subject: str, message: str) -> None:
        """Send one alert or recovery to every socket: what is new in ``alerts``, or but news."""
        words = {"subject": subject, "message": message}
        self.push({"type": "alert", "alert_type": kind} | words)
        self.push_state()
        with self._lock:
            now = {one["event_id"]: one for one in self.alerts}
            begun = [one for event, one in now.items() if event not in self._told_alerts]
            ended = [one for event, one in self._told_alerts.items() if event not in now]
            news = {"alert": begun, "recovery": ended}.get(kind) or [world.trial()]
            for one in news:
                is_active = one in begun
                said = {"alert_type": kind, "alert": one | words | {"is_active": is_active}}
                self._tell({"type": "alert"} | said)
            self._told_alerts = now

    def drop_sockets(self, code: int = 1001) -> None:
        """Cut every socket's connection."""
        self._connected.clear()
        for socket in tuple(self._sockets):
            socket.close(code)

    def _tell(self, frame: dict[str, Any]) -> None:
        self._seq += 1
        self._replay.append(self._stamped(frame))
        self.push(self._replay[-1], KEYED)

    def _stamped(self, frame: dict[str, Any]) -> dict[str, Any]:
        return frame | {"epoch": self._epoch, "seq": self._seq}

    def _changes(self) -> dict[str, Any]:
        before = self._told
        after = {one["id"]: self._keyed(one) for one in self.servers}
        self._told = after
        return world.patch(before, after)

    def _keyed(self, row: dict[str, Any]) -> dict[str, Any]:
        of = self.state.get(row["url"])
        # A test may have changed it where it is. Of a thousand servers most are as they were.
        was = marshal.dumps((row, of), 2)
        made_of, made = self._made.get(row["id"], (b"", {}))
        if was != made_of:
            made = world.keyed(row, of)
            self._made[row["id"]] = (was, made)
        return made

    def _snapshot(self) -> dict[str, Any]:
        self._changes()
        self._told_alerts = {one["event_id"]: one for one in self.alerts}
        said = {"servers": self._told, "alerts": self.alerts, "resumed": False}
        return self._stamped({"type": "snapshot"} | said)

    def _greet(self, socket: ServerConnection) -> None:
        if socket.subprotocol == KEYED:
            # It follows once it has said from where on.
            hello = {"type": "hello", "interval_seconds": self.interval_seconds, "version": "0"}
            socket.send(json.dumps(self._stamped(hello)))
            return
        if self.state:
            socket.send(json.dumps({"type": "metrics_update", "data": self.state}))
        self._follow(socket)

    def _follow(self, socket: ServerConnection) -> None:
        self._sockets.add(socket)
        self._connected.set()

    def _talk(self, socket: ServerConnection) -> None:
        try:
            with self._lock:
                self._greet(socket)
            for text in socket:
                self._heed(socket, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            self._sockets.discard(socket)

    def _heed(self, socket: ServerConnection, message: dict[str, Any]) -> None:
        self.heard.append(message)
        if self.is_mute:
            return
        with self._lock:
            missed = [self._snapshot()]
            if message["type"] == "resume" and message["epoch"] == self._epoch:
                missed = [one for one in self._replay if one["seq"] > message["seq"]]
            for frame in missed:
                socket.send(json.dumps(frame))
            self._follow(socket)

    def _admit(self, _socket: ServerConnection, request: Request) -> Response | None:
        self.requested.append(request.path)
        offered = request.headers.get("Sec-WebSocket-Protocol", "")
        refused = self.refuses_sockets or (KEYED in offered and not self.speaks_keyed)
        return answer(503, "text/plain", b"") if refused else None

    def hold(self) -> None:
        """Return when this ends, and with it the patience of all who wait."""
        self._closing.wait()

    def _answer(self, asked: Asked) -> Response:
        if changed := self.changing(asked):
            return changed
        if asked.method != "GET":
            return json_answer(405, {"success": False, "error": "nothing changes", "code": 405})
        path, _, query = asked.path.partition("?")
        self.requested.append(path)
        if path in self.holding:
            self.hold()
        if path in self.failing:
            body = {"success": False, "error": "the test said so", "code": self.failing[path]}
            return json_answer(self.failing[path], body)
        if path == "/api/v1/alerts":
            wanted = dict(parse_qsl(query))
            self.journal_asked.append(wanted)
            return json_answer(200, envelope(world.journal_page(self.journal, wanted)))
        if path.startswith("/api/v1/servers/"):
            return self._of_server(path.removeprefix("/api/v1/servers/"), dict(parse_qsl(query)))
        return self._page(path)

    def _of_server(self, path: str, query: dict[str, str]) -> Response:
        server_id, _, what = path.partition("/")
        rows = [row for row in self.servers if row["id"] == server_id]
        if not rows:
            return json_answer(
                404, {"success": False, "error": "No server has this id.", "code": 404}
            )
        shown = rows[0]["metrics"] and past.details(rows[0]["metrics"])
        documents: dict[str, Callable[[], Any]] = {
            "": lambda: rows[0] | {"metrics": shown, "thresholds": past.THRESHOLDS},
            "history": lambda: self.past.answer(query),
            "capabilities": lambda: past.capabilities() if shown else {},
            "footprint": lambda: past.footprint() if rows[0]["is_active"] else None,
        }
        return json_answer(200, envelope(documents[what]()))

    def _page(self, path: str) -> Response:
        documents: dict[str, Callable[[], Any]] = {
            "/api/state": lambda: self.state,
            "/healthz": lambda: {"status": "ok"},
            "/api/v1/servers": lambda: envelope(
                {"servers": self.servers, "total": len(self.servers)}
            ),
            "/api/v1/alerts/active": lambda: envelope(self.alerts),
            "/api/v1/alerts": lambda: envelope(
                {"alerts": self.journal, "total": len(self.journal), "page": 1, "page_size": 200}
            ),
            "/api/v1/history": lambda: envelope(past.TIERS),
            "/api/v1/session": lambda: envelope(self.session),
            "/api/v1/notifications": lambda: envelope(self.notifications),
            "/api/v1/trends": lambda: envelope({"trends": self.trends}),
        }
        if path in documents:
            return json_answer(200, documents[path]())
        if path == "/login":
            return answer(200, "text/html; charset=utf-8", b"<!doctype html><p>Log in")
        if path in {"/", "/alerts"} or path.startswith("/servers/"):
            return page_answer(self.language, self.interval_seconds)
        return file_answer(path)
