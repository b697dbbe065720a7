"""Which request becomes a WebSocket, and the answer (RFC 6455, section 4.2); pure, over an environ.

Who may connect (origin, credentials, room) is not decided here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

_VERSION = "13"
_KEY_BYTES = 16
_SUBPROTOCOLS = "HTTP_SEC_WEBSOCKET_PROTOCOL"
EXTENSIONS = "HTTP_SEC_WEBSOCKET_EXTENSIONS"
_KEY = "HTTP_SEC_WEBSOCKET_KEY"
# What proves that a server knows what it agrees to (section 1.3).
_PROOF = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request does not become a WebSocket: an HTTP status and one sentence."""

    status: int
    text: str
    headers: tuple[tuple[str, str], ...] = ()


def refusal(environ: Mapping[str, Any]) -> Refusal | None:
    """Return why this request is no WebSocket handshake; None when it is one."""
    if environ.get("HTTP_UPGRADE", "").strip().lower() != "websocket":
        return Refusal(426, "This address speaks WebSocket only.", (("Upgrade", "websocket"),))
    version = environ.get("HTTP_SEC_WEBSOCKET_VERSION", "").strip()
    if version and version != _VERSION:
        return Refusal(
            426,
            "This server speaks WebSocket version 13.",
            (("Upgrade", "websocket"), ("Sec-WebSocket-Version", _VERSION)),
        )
    flaw = _flaw(environ, version)
    return Refusal(400, flaw) if flaw else None


def answer(environ: Mapping[str, Any], subprotocol: str, extensions: str) -> bytes:
    """Return the answer to a checked request; both are what was agreed on, or empty."""
    key = environ[_KEY].strip().encode("latin-1")
    accept = base64.b64encode(hashlib.sha1(key + _PROOF, usedforsecurity=False).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines.append(f"Sec-WebSocket-Accept: {accept}")
    if subprotocol:
        lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
    if extensions:
        lines.append(f"Sec-WebSocket-Extensions: {extensions}")
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def forget(environ: MutableMapping[str, Any]) -> None:
    """Remove all headers from a request that is answered: it lives as long as its client."""
    for name in [name for name in environ if name.startswith("HTTP_")]:
        del environ[name]


def offers(environ: Mapping[str, Any], subprotocol: str) -> bool:
    """Whether a subprotocol is among those that a request offers."""
    return subprotocol in {each.strip() for each in environ.get(_SUBPROTOCOLS, "").split(",")}


def _flaw(environ: Mapping[str, Any], version: str) -> str | None:
    tokens = [token.strip().lower() for token in environ.get("HTTP_CONNECTION", "").split(",")]
    checks = (
        (environ["REQUEST_METHOD"] == "GET", "A WebSocket handshake is a GET."),
        (environ["SERVER_PROTOCOL"] == "HTTP/1.1", "A WebSocket handshake needs HTTP/1.1."),
        (bool(environ.get("HTTP_HOST")), "The Host header is missing."),
        ("upgrade" in tokens, "The Connection header must contain Upgrade."),
        (bool(version), "The Sec-WebSocket-Version header is missing."),
        (_is_key(environ.get(_KEY, "")), "Sec-WebSocket-Key is malformed."),
        (not _has_body(environ), "A WebSocket handshake has no body."),
    )
    return next((text for is_well, text in checks if not is_well), None)


def _is_key(value: str) -> bool:
    try:
        return len(base64.b64decode(value.strip(), validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _has_body(environ: Mapping[str, Any]) -> bool:
    return environ.get("CONTENT_LENGTH", "0") not in {"", "0"} or (
        "HTTP_TRANSFER_ENCODING" in environ
    )
