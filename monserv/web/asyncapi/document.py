"""The AsyncAPI document of ``/ws``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from monserv import __version__
from monserv.web.asyncapi import words
from monserv.web.asyncapi.messages import V1_TOLD, V2_TAKEN, V2_TOLD, Message
from monserv.web.asyncapi.schemas import described, meaning, reference

_Node = dict[str, Any]
_ADDRESS = "/ws"
_SUBPROTOCOL = "monserv.v2"


def document(host: str, protocol: str) -> _Node:
    """Return the document; ``host`` has its port, ``protocol`` is ``ws`` or ``wss``."""
    here = {
        "host": host,
        "protocol": protocol,
        "description": words.SERVER,
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _SECURITY],
    }
    return {**_anywhere(), "servers": {"monserv": here}}


@cache
def _anywhere() -> _Node:
    messages = V1_TOLD | V2_TOLD | V2_TAKEN
    classes = {schema: None for message in messages.values() for schema in message.schemas}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "monserv WebSocket",
            "version": __version__,
            "description": words.WHOLE,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {},
        "channels": {
            "v1": _channel("Without a subprotocol", words.V1, V1_TOLD, _headers()),
            "v2": _channel(_SUBPROTOCOL, words.V2, V2_TOLD | V2_TAKEN, _headers(_SUBPROTOCOL)),
        },
        "operations": {
            "tellV1": _operation("send", "v1", V1_TOLD, "What a client is told"),
            "tellV2": _operation("send", "v2", V2_TOLD, "What a client is told"),
            "subscribe": {
                **_operation("receive", "v2", ["subscribe"], "What a client wants to be told"),
                "reply": _messages("v2", ["snapshot", "error"]),
            },
            "resume": _operation("receive", "v2", ["resume"], "Where a client was"),
        },
        "components": {
            "messages": {name: _message(name, one) for name, one in messages.items()},
            "schemas": described(classes),
            "securitySchemes": _SECURITY,
        },
        "x-limits": words.LIMITS,
        "x-close-codes": words.CLOSE_CODES,
        "x-refusals": words.REFUSALS,
        "x-reconnecting": words.RECONNECTING,
    }


_SECURITY: Mapping[str, _Node] = {
    "token": {"type": "http", "scheme": "bearer", "description": words.CREDENTIAL},
    "tokenInAddress": {
        "type": "httpApiKey",
        "in": "query",
        "name": "token",
        "description": "The same, where no header can be set.",
    },
}


def _channel(title: str, description: str, messages: Iterable[str], headers: _Node) -> _Node:
    return {
        "address": _ADDRESS,
        "title": title,
        "description": description,
        "servers": [{"$ref": "#/servers/monserv"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"ws": {"method": "GET", "headers": headers, "bindingVersion": "0.1.0"}},
    }


def _headers(subprotocol: str | None = None) -> _Node:
    """Return what a handshake has beside what every WebSocket handshake has."""
    name = "Sec-WebSocket-Protocol"
    if subprotocol is None:
        return {"type": "object", "not": {"required": [name]}}
    wanted = {"type": "string", "const": subprotocol}
    return {"type": "object", "required": [name], "properties": {name: wanted}}


def _operation(action: str, channel: str, messages: Iterable[str], title: str) -> _Node:
    return {"action": action, "title": title, **_messages(channel, messages)}


def _messages(channel: str, names: Iterable[str]) -> _Node:
    place = f"#/channels/{channel}"
    return {
        "channel": {"$ref": place},
        "messages": [{"$ref": f"{place}/messages/{name}"} for name in names],
    }


def _message(name: str, message: Message) -> _Node:
    payloads = [reference(schema) for schema in message.schemas]
    return {
        "name": message.name,
        "title": message.name,
        "summary": meaning(message.schemas[0]),
        "description": words.MESSAGES[name],
        "payload": payloads[0] if len(payloads) == 1 else {"anyOf": payloads},
        "examples": [
            {"name": kind, "payload": payload} for kind, payload in message.examples.items()
        ],
    }
