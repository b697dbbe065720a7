"""What the description of the WebSocket says beyond its schemas, in plain Markdown."""

from __future__ import annotations

from typing import Any

from monserv.stream.limits import Limits
from monserv.stream.ring import MAX_AGE_SECONDS

_LIMITS = Limits()

WHOLE = """\
What monserv knows about the servers that it watches, as it comes to know it, over one
WebSocket. Each text frame is one JSON document with a `type`.

There are two protocols. A client that asks for the subprotocol `monserv.v2` gets the state
once and then what changes in it, as soon as it changes. One that asks for none gets the
whole state once an interval, as older clients know it.

Pass over types and keys that you do not know: a later version may add some.
"""

SERVER = """\
On loopback nothing is needed to come in, unless `MONSERV_AUTH` is `required`; elsewhere a
token. What it may see decides which servers are told. A browser must come from an allowed
origin (`ALLOWED_ORIGINS`); a program that sends no `Origin` may connect. permessage-deflate
is used with a client that offers it.
"""

CREDENTIAL = """\
As `python3 -m monserv token create NAME` prints it once. Whoever has logged in with a
browser needs none.
"""

V1 = """\
Without a subprotocol. The newest state is all that counts: a client has nothing to ask and
nothing to remember.
"""

V2 = f"""\
With `Sec-WebSocket-Protocol: monserv.v2`. `hello` comes first, then what the client asks
for; one that has said nothing {_LIMITS.greeting_milliseconds} ms later gets everything.
After the snapshot come deltas and alerts. A delta is a merge patch (RFC 7396) of the
snapshot's `servers`: applied one after the other they give exactly what a new snapshot would
give, and one that is applied twice does no harm.

`epoch` is new at each start of monserv. `seq` counts the deltas and alerts of an epoch;
other messages repeat it. A client that sees only some servers or fields sees gaps in it.

A client that comes back says `resume` with the `epoch` and `seq` of the last `snapshot`,
`delta` or `alert` that it took in. What it missed in the last
{MAX_AGE_SECONDS / 60:g} minutes is told again; where that is not remembered, or would be
more, a snapshot comes in its place.
"""

# What is told when, by the name of the message.
MESSAGES = {
    "metricsUpdate": "One at once, if there is any sample, and then one each poll interval.",
    "alertMessage": "As it happens, before the next state; told once, to who is connected then.",
    "hello": "The first message.",
    "snapshot": "After `hello`, after each `subscribe`, after a `resume` that cannot be served "
    "from memory, to a client that could not keep up, in place of what it missed, and where "
    "other tags made other alerts visible.",
    "delta": "As soon as something changed, or once in `min_interval_seconds`.",
    "alert": "As it happens. A client that could not keep up gets it all the same.",
    "error": "In answer to a message that cannot be taken. The connection goes on.",
    "subscribe": "At any time; it replaces the former one, and is answered by a snapshot.",
    "resume": "At once, by a client that was connected before; instead of `subscribe`.",
}

LIMITS: list[dict[str, str]] = [
    {
        "what": "silence",
        "limit": f"a ping every {_LIMITS.ping_interval_seconds:g} s, and "
        f"{_LIMITS.silence_seconds:g} s without a pong or anything else from the client",
        "beyond": "closed with 1011",
    },
    {
        "what": "a reader that has stopped",
        "limit": f"{_LIMITS.stall_seconds:g} s in which its socket accepts no byte of what waits",
        "beyond": "cut off, without a close frame",
    },
    {
        "what": "a slow reader",
        "limit": "superseded states and deltas are left out for it alone, and made good by a "
        f"newer one; up to {_LIMITS.max_pending_events} alerts wait",
        "beyond": "closed with 1013",
    },
    {
        "what": "a message from the client",
        "limit": f"{_LIMITS.max_message_bytes} bytes without a subprotocol, "
        f"{_LIMITS.max_request_bytes // 1024} KiB with monserv.v2, fragments together, inflated",
        "beyond": "closed with 1009",
    },
    {
        "what": "frames from the client",
        "limit": f"{_LIMITS.burst_frames} at once and {_LIMITS.frames_per_second:g} a second, "
        "pings and pongs among them",
        "beyond": "closed with 1008",
    },
    {
        "what": "requests of a client of monserv.v2",
        "limit": f"{_LIMITS.burst_requests} at once and {_LIMITS.requests_per_second:g} a second",
        "beyond": "closed with 1008",
    },
]

CLOSE_CODES: list[dict[str, Any]] = [
    {"code": 1001, "meaning": "monserv stops", "do": "connect again"},
    {
        "code": 1002,
        "meaning": "the client broke the WebSocket protocol",
        "do": "fix the client",
    },
    {"code": 1007, "meaning": "a text was no UTF-8", "do": "fix the client"},
    {
        "code": 1008,
        "meaning": "too many frames, or `credential no longer valid`",
        "do": "say less; get another token",
    },
    {"code": 1009, "meaning": "a message was too large", "do": "fix the client"},
    {
        "code": 1011,
        "meaning": "nothing was heard of the client, or an error of monserv, which is in its log",
        "do": "connect again",
    },
    {
        "code": 1013,
        "meaning": "the client reads too slowly, or there are too many",
        "do": "connect again, and read faster",
    },
]

REFUSALS: list[dict[str, Any]] = [
    {"status": 400, "meaning": "the request is no WebSocket handshake"},
    {"status": 401, "meaning": "no credential, or one that opens nothing"},
    {"status": 403, "meaning": "a foreign `Origin` or `Host`"},
    {"status": 426, "meaning": "no `Upgrade` header, or another version than 13"},
    {"status": 429, "meaning": "too many requests; `Retry-After` says when to try again"},
    {"status": 503, "meaning": "too many clients; `Retry-After` says when to try again"},
]

RECONNECTING = """\
Connect again after a random time between nothing and a ceiling that doubles with each
failure, from 1 s to 30 s ("full jitter"), and begin anew once a message arrives. Give up a
connection that has been silent for longer than 60 s.
"""
