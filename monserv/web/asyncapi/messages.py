"""Every message of the WebSocket: which schemas it has, and what it looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from monserv.wire import examples
from monserv.wire import stream_examples as live
from monserv.wire.schemas import legacy, stream


@dataclass(frozen=True, slots=True)
class Message:
    """One message; it is what one of ``schemas`` says."""

    name: str
    schemas: tuple[type[Schema], ...]
    examples: Mapping[str, Any]


V1_TOLD = {
    "metricsUpdate": Message(
        "metrics_update", (legacy.MetricsUpdate,), {"state": examples.METRICS_UPDATE}
    ),
    "alertMessage": Message(
        "alert",
        (legacy.AlertMessage,),
        {"raised": examples.RAISED, "recovered": examples.RECOVERED},
    ),
}
V2_TOLD = {
    "hello": Message("hello", (stream.Hello,), {"hello": live.HELLO}),
    "snapshot": Message(
        "snapshot",
        (stream.Snapshot, stream.ChosenSnapshot),
        {"everything": live.SNAPSHOT, "chosenFields": live.CHOSEN_SNAPSHOT},
    ),
    "delta": Message("delta", (stream.Delta,), {"changes": live.DELTA}),
    "alert": Message(
        "alert", (stream.AlertNews,), {"raised": live.RAISED, "recovered": live.RECOVERED}
    ),
    "error": Message("error", (stream.StreamError,), {"refused": live.ERROR}),
}
V2_TAKEN = {
    "subscribe": Message("subscribe", (stream.Subscribe,), {"some": live.SUBSCRIBE}),
    "resume": Message("resume", (stream.Resume,), {"back": live.RESUME}),
}
