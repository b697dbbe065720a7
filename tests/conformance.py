"""Every frame that a test gets from the product, held against the published document.

What stands in for it in front of a browser has to speak in the same way. Excused is what a
test makes up on purpose: messages for a hub alone, and what no product would say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
from playwright.sync_api import BrowserContext, Page, WebSocket
from websockets.sync.client import ClientConnection

from monserv.web.asyncapi.document import document

SUBPROTOCOL = "monserv.v2"
_excused: set[int] = set()
_flaws: list[str] = []
_Message = dict[str, Any]


def flaws(frame: str | bytes, subprotocol: str | None) -> list[str]:
    """Return why a frame is none that the document declares; nothing when it is."""
    try:
        message = json.loads(frame)
    except ValueError:
        return [f"no JSON: {frame[:80]!r}"]
    kind = message.get("type") if isinstance(message, dict) else None
    alternatives = _checkers("v2" if subprotocol == SUBPROTOCOL else "v1").get(str(kind))
    if alternatives is None:
        return [f"undeclared: {frame[:80]!r}"]
    found = (
        [
            f"{kind}{list(error.instance_path)}: {error.message[-400:]}"
            for error in checker.iter_errors(message)
        ]
        for checker in alternatives
    )
    return min(found, key=len)


@cache
def _checkers(channel: str) -> dict[str, list[jsonschema_rs.Draft7Validator]]:
    """Return what judges each message that the product sends, by its ``type``.

    One of several has to find no flaw.
    """
    published = document("localhost", "ws")
    components = published["components"]
    told = {
        reference["$ref"]
        for operation in published["operations"].values()
        if operation["action"] == "send"
        for reference in operation["messages"]
    }
    return {
        message["name"]: [
            jsonschema_rs.Draft7Validator({**payload, "components": components})
            for payload in message["payload"].get("anyOf", [message["payload"]])
        ]
        for name, message in components["messages"].items()
        if f"#/channels/{channel}/messages/{name}" in told
    }


def excuse(port: int) -> None:
    """Judge no frame from this port: a test makes them up."""
    _excused.add(port)


def see(frame: str | bytes, subprotocol: str | None, port: int) -> None:
    """Judge a frame; what is wrong with it fails the test at its end."""
    if port not in _excused:
        _flaws.extend(flaws(frame, subprotocol))


def found() -> list[str]:
    """Return what was wrong since this was asked last."""
    said, _flaws[:] = list(_flaws), []
    return said


def listen() -> None:
    """See every frame that a client of this process receives."""
    receive: Callable[..., str | bytes] = ClientConnection.recv

    def recv(self: ClientConnection, *arguments: Any, **named: Any) -> str | bytes:
        frame = receive(self, *arguments, **named)
        see(frame, self.subprotocol, self.protocol.uri.port)  # type: ignore[attr-defined]  # a client has one
        return frame

    ClientConnection.recv = recv  # type: ignore[method-assign,assignment]  # in its place


def listen_to(context: BrowserContext) -> None:
    """See every frame that a page of this browser receives."""

    def of_socket(socket: WebSocket) -> None:
        port = urlsplit(socket.url).port or 0
        socket.on("framereceived", lambda frame: see(frame, _guessed(frame), port))

    def of_page(page: Page) -> None:
        page.on("websocket", of_socket)

    context.on("page", of_page)


def _guessed(frame: str | bytes) -> str | None:
    """Return the subprotocol, which the browser does not tell: what has an epoch is of v2."""
    text = frame if isinstance(frame, str) else frame.decode(errors="replace")
    return SUBPROTOCOL if '"epoch":' in text else None
