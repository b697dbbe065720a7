"""What a client knows from what it was told: version 1 by replacing it, version 2 by patching.

It shares no code with the product, so that an error in one is not hidden by the same in the other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


def patched(target: Any, patch: Any) -> Any:
    """Apply a merge patch (RFC 7396) and return the result."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = patched(result.get(name), value)
    return result


@dataclass(slots=True)
class Knowledge:
    """The servers by URL (version 1) or by id (version 2), the active alerts of version 2.

    ``faults`` are sentences about what should never have come. ``resumed_from`` is the seq
    after which the server was asked to go on, until it does: what it told unasked before
    it heard of that is newer.
    """

    epoch: str = ""
    seq: int = 0
    servers: dict[str, Any] = field(default_factory=dict)
    alerts: dict[str, Any] = field(default_factory=dict)
    is_whole: bool = False
    resumed_from: int | None = None
    faults: list[str] = field(default_factory=list)

    def resume(self) -> dict[str, Any]:
        """Return what asks the server to go on from here."""
        self.resumed_from = self.seq
        return {"type": "resume", "epoch": self.epoch, "seq": self.seq}

    def take(self, text: str | bytes) -> None:
        """Take in one message; one that is no JSON raises ``ValueError``."""
        message = json.loads(text)
        match message:
            case {"type": "metrics_update", "data": data}:
                self.servers, self.is_whole = data, True
            case {"type": "alert", "subject": _}:
                pass  # of version 1, which has no list of them
            case {"type": "hello", "epoch": epoch}:
                self.is_whole = self.is_whole and epoch == self.epoch
                self.resumed_from = None
            case {"type": "error"}:
                pass  # an answer to a flood
            case {"type": "snapshot", "epoch": epoch, "seq": seq}:
                self.epoch, self.seq, self.is_whole = epoch, seq, True
                self.servers = message["servers"]
                self.alerts = {one["event_id"]: one for one in message["alerts"]}
            case {"type": "delta" | "alert", "epoch": epoch, "seq": seq}:
                self._follow(message, epoch, seq)
            case _:
                self.faults.append(f"an unknown message: {str(message)[:80]}")

    def _follow(self, message: dict[str, Any], epoch: str, seq: int) -> None:
        if epoch != self.epoch or not self.is_whole:
            self.faults.append(f"{message['type']} {seq} before any snapshot of its epoch")
        if self.resumed_from is not None and self.resumed_from < seq < self.seq:
            self.resumed_from = None
        elif seq < self.seq:
            self.faults.append(f"{message['type']} {seq} came after {self.seq}")
        self.seq = seq
        if message["type"] == "delta":
            self.servers = patched(self.servers, message["servers"])
        elif message["alert"]["is_active"]:
            self.alerts[message["alert"]["event_id"]] = message["alert"]
        else:
            self.alerts.pop(message["alert"]["event_id"], None)
