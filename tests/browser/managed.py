"""The part of REST that changes servers, played by the stand-in."""

from __future__ import annotations

import json
from typing import Any

from websockets.http11 import Response

from tests.browser import world
from tests.browser.connections import Asked
from tests.browser.served import answer, envelope, json_answer
from tests.browser.standin import StandIn

PASSWORD = "r1ght"
FINGERPRINT = "SHA256:uNiVztksCsDhcc0u9e8BrXJGX8Vvd1pCBwUZ4pQ4mzE"
OLD_FINGERPRINT = "SHA256:7Fi1Nps/q171ZMEHLDLA/ei8bmj1qZtJBVSWN15V7sU"
SERVERS = "/api/v1/servers"
STEPS = ("name", "tcp", "host_key", "login", "probe")
SAID = {
    "name": "10.0.0.9 is an address",
    "tcp": "10.0.0.9 answers on port 22",
    "host_key": "An ssh-ed25519 key that was never seen before",
    "login": "The server took the password",
    "probe": "CPU, memory and 2 disks could be read",
}
REFUSED = "The server refused the password"


class Managed:
    """Answers whatever a page sends to ``server`` in order to change or test a server.

    Every password but ``PASSWORD`` is refused by a test. The next answers in
    ``errors`` (status, sentence, fields) come first.
    """

    def __init__(self, server: StandIn) -> None:
        self.errors: list[tuple[int, str, dict[str, list[str]]]] = []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.csrf: list[str | None] = []
        self.holds_tests = False
        self.host_key: dict[str, Any] = changed_key()
        self._removed: dict[str, Any] = {}
        self._server = server
        server.changing = self._answer

    def _answer(self, asked: Asked) -> Response | None:
        if asked.method == "GET":
            is_of_key = asked.path.endswith("/host-key")
            return json_answer(200, envelope(self.host_key)) if is_of_key else None
        body = json.loads(asked.body or "{}")
        self.asked.append((asked.method, asked.path, body))
        self.csrf.append(asked.headers.get("X-CSRF-Token"))
        if asked.path.endswith("/test/steps") and self.holds_tests:
            self._server.hold()
        if self.errors:
            code, error, errors = self.errors.pop(0)
            said = {"success": False, "error": error, "code": code, "errors": errors}
            return json_answer(code, said)
        if asked.path.endswith("/test/steps"):
            passes = body.get("password") == PASSWORD or "id" in body
            return answer(200, "application/x-ndjson", told(passes=passes).encode())
        data = self._change(asked.method, asked.path, body)
        is_new = (asked.method, asked.path) == ("POST", SERVERS)
        return json_answer(201 if is_new else 200, envelope(data))

    def _change(self, method: str, path: str, body: dict[str, Any]) -> Any:
        if path.endswith("/accept"):
            (row,) = [row for row in self._server.servers if row["id"] == path.split("/")[4]]
            row |= {"status": "online", "reason": None, "last_error": None}
            return self.host_key | {"state": "known", "offered": None}
        if path.endswith("/restore"):
            self._server.servers.insert(0, self._removed)
            return self._removed
        if path.endswith("/retry"):
            return self._server.servers[0]
        if method == "POST":
            return self._add(body)
        server_id = path.split("/")[4].partition("?")[0]
        (row,) = [row for row in self._server.servers if row["id"] == server_id]
        if method == "DELETE":
            self._server.servers.remove(row)
            self._removed = row
        elif method == "PATCH":
            is_paused = row["reason"] == "paused"
            row |= {"reason": None, "status": "online"} if is_paused else paused()
        else:
            row |= {key: value for key, value in body.items() if key not in {"password", "key"}}
        return row

    def _add(self, body: dict[str, Any]) -> dict[str, Any]:
        number = 900 + len(self._server.servers)
        shown = {key: value for key, value in body.items() if key not in {"password", "key"}}
        row = world.server(number, None, status="offline", reason="pending", **shown)
        row["name"] = body.get("name") or body["host"]
        self._server.servers.append(row)
        return row


def changed_key() -> dict[str, Any]:
    """Return the host key of a server that shows another one than before."""
    return {
        "server_id": "s0",
        "state": "changed",
        "explanation": f"It shows ssh-ed25519 {FINGERPRINT}, but pinned is another one",
        "known": [
            {
                "type": "ssh-ed25519",
                "fingerprint": OLD_FINGERPRINT,
                "place": "/var/lib/monserv/instance/known_hosts",
                "since": "2025-11-01T08:00:00Z",
                "accepted": False,
            }
        ],
        "offered": {"type": "ssh-ed25519", "fingerprint": FINGERPRINT, "since": world.stamp(90)},
    }


def paused() -> dict[str, Any]:
    """Return what a paused server shows."""
    return {"status": "offline", "reason": "paused", "is_active": False}


def told(*, passes: bool) -> str:
    """Return the lines of a connection test that passes, or stops at the login."""
    tried = result(None if passes else "login")
    lines = [
        {"step": step, "host_key": tried["host_key"]}
        for step in tried["steps"]
        if step["state"] != "not_run"
    ]
    said = [*lines, {"trial": tried, "message": "ok"}]
    return "\n".join(json.dumps(line) for line in said) + "\n"


def result(failed: str | None) -> dict[str, Any]:
    """Return a connection test that stops at the step ``failed``, or passes."""
    at = STEPS.index(failed) if failed else len(STEPS)
    states = ["passed"] * at + ["failed"] + ["not_run"] * len(STEPS)
    steps = [
        {
            "name": name,
            "state": state,
            "detail": REFUSED if state == "failed" else SAID[name] if state == "passed" else "",
            "duration_seconds": 0.0 if state == "not_run" else 0.012,
        }
        for name, state in zip(STEPS, states, strict=False)
    ]
    key = {
        "type": "ssh-ed25519",
        "fingerprint": FINGERPRINT,
        "known": False,
        "acceptable": True,
    }
    return {"passed": failed is None, "steps": steps, "host_key": key if at > 1 else None}
