"""What the API's description says beyond its calls, in Markdown."""

from __future__ import annotations

from typing import Any

from monserv.wire import examples

API = """\
What monserv knows about the servers that it watches over SSH.

Every answer is `{"success": true, "message": "...", "data": ...}`, every error
`{"success": false, "error": "one sentence", "code": 404, "errors": {...}}`. Only
`/api/state` is a bare object, as scripts have always read it.

Sizes are bytes, percents are 0 to 100 and rounded to 0.1, rates are bytes per
second, times are RFC 3339 in UTC. What a server does not tell is absent or null,
never 0. Passwords in URLs are always three stars.

Where a login is needed, what has no credential gets 401, and what its role may not do
403; `/api/v1/session` says what a credential opens.

For values as they come in, see [WebSocket](#/WebSocket), described by itself at
[/asyncapi.html](/asyncapi.html).
"""

TOKEN: dict[str, Any] = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token, as `python3 -m monserv token create NAME` prints it once. Clients "
    "that can set no header may send it as `?token=` with a GET. Whoever has logged in needs "
    "none here.",
}

WEBSOCKET_TAG = "WebSocket"

WEBSOCKET = """\
`ws://<host>/ws` sends one JSON document per text frame. Without a subprotocol: the state
of all servers at once and then once a poll interval (`metrics_update`, whose `data` is
what `/api/state` gives), and each alert or recovery as it happens (`alert`), before the
next state. A client says nothing; what it needs to know is in what it gets.

With the subprotocol `monserv.v2`: the state once, and then what changes in it as soon as
it does; subscriptions, and nothing lost over a lost connection. All messages of both are
described in AsyncAPI 3: [as a page](/asyncapi.html), [as a document](/asyncapi.json).

| | |
|---|---|
| keep-alive | a ping every 54 s; a client that sends nothing, not even a pong, for 60 s is closed |
| slow readers | states that were superseded are left out; alerts are kept, up to 256, then 1013 |
| nothing accepted | a client that takes no byte for 10 s is cut off |
| inbound | at most 512 bytes a message (1009), and not too many (1008) |
| end | 1001 when monserv stops: connect again, after a random delay |

Browsers must come from an allowed origin (`ALLOWED_ORIGINS`); programs that send no
`Origin` may connect. `docs/WEBSOCKET_API.md` has examples for browsers, Python and Node.
"""

# One event as a reader has it, since a stream as a whole has no end.
EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["event", "id", "data"],
    "properties": {
        "event": {"type": "string", "const": "dashboard"},
        "id": {"type": "string", "description": "<epoch>-<seq>", "pattern": "^[0-9a-z]+-[0-9]+$"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/Dashboard"},
        },
    },
}

EVENTS = """\
The stream begins. It has one event, `dashboard`, whose data is a
[Dashboard](#/Events): the whole of what there is to show, so the newest one is all
that counts. One comes at once, then one a poll interval and one with each alert, in
whose `alerts` that alert is. An event's id is `<epoch>-<seq>`; a reader that comes
back with `Last-Event-ID` gets one at once only if there is something newer. A
comment comes every 15 s. A reader that is slow misses what was superseded, and one
that takes no byte for 10 s is cut off. The stream ends when monserv stops, or when
the credential is no longer valid: `EventSource` connects again by itself.

Swagger UI waits for an end that does not come: use `curl -N`, or `EventSource`.
"""

_REFUSALS = {
    "400": "No WebSocket handshake",
    "401": "No credential, or one that opens nothing",
    "403": "Foreign Origin or Host",
    "426": "No Upgrade header, or another version than 13",
    "501": "Not served by gunicorn's gevent worker",
    "503": "Too many clients; Retry-After says when to try again",
}

CONNECT: dict[str, Any] = {
    "tags": [WEBSOCKET_TAG],
    "summary": "Open the live stream (WebSocket)",
    "description": "Swagger UI cannot open WebSockets: use the dashboard, "
    "`wscat -c ws://<host>/ws`, or one of the examples.",
    "responses": {
        "101": {
            "description": "The stream begins; each frame is one of these messages",
            "content": {
                "application/json": {
                    "schema": {
                        "oneOf": [
                            {"$ref": "#/components/schemas/MetricsUpdate"},
                            {"$ref": "#/components/schemas/AlertMessage"},
                        ]
                    },
                    "examples": {
                        "state": {
                            "summary": "The state of all servers",
                            "value": examples.METRICS_UPDATE,
                        },
                        "alert": {"summary": "An alert", "value": examples.RAISED},
                    },
                }
            },
        },
        **{
            code: {
                "description": text,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            }
            for code, text in _REFUSALS.items()
        },
    },
}
