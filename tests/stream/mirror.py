"""A client of ``monserv.v2`` as the contract describes it, and worlds for it to follow.

It shares no code with the product: a patch is applied as RFC 7396 has it.
"""

from __future__ import annotations

import json
from typing import Any

import hypothesis.strategies as st

from monserv.stream.entries import Item, Veil
from monserv.stream.selection import Selection

IDS = ["nas", "mail", 'ä/"\\', "", "null"]
_TAGS = ["berlin", "linz", "prod"]
_NAMES = ["", "/", 'a"b', "é", "~1", "null", "0"]
_texts = st.sampled_from(["on", "off", "", '\u2028"', "null"])
_rows = st.dictionaries(st.sampled_from(_NAMES), st.integers(0, 3) | _texts, max_size=3)
_groups = st.dictionaries(st.sampled_from(_NAMES), _rows | st.integers(0, 3), max_size=3)
_states = st.fixed_dictionaries(
    {},
    optional={
        "status": _texts,
        "reason": _texts,
        "missed": st.integers(0, 2),
        "metrics": st.dictionaries(
            st.sampled_from(["cpu", "memory", "disks"]), _groups | _texts, max_size=3
        ),
    },
)
identities = st.sampled_from(["one machine", "another"])
tags = st.frozensets(st.sampled_from(_TAGS))
_veils = st.builds(Veil, st.sampled_from(["status", "reason"]), st.sampled_from(["", "off"]), tags)
items = st.builds(Item, tags, _states, identities, st.none() | _veils)
worlds = st.dictionaries(st.sampled_from(IDS), items)
changes = st.dictionaries(st.sampled_from(IDS), st.none() | items, min_size=1)
fields = st.sampled_from(
    [
        (),
        ("status",),
        ("metrics.cpu",),
        ("metrics.cpu", "reason.of"),
        ("metrics", "nothing"),
        ("metrics.cpu.0", "metrics.disks", "metrics.memory.null", "status.on.0"),
    ]
)
servers = st.frozensets(st.sampled_from(IDS), max_size=2)


def patched(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = patched(target.get(name), value)
    return target


class Mirror:
    """What one client knows, and which alerts it was told."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.seq = -1
        self.servers: dict[str, Any] = {}
        self.alerts: dict[str, Any] = {}
        self.news: list[int] = []
        self.is_connected = True

    def read(self, payload: bytes) -> None:
        frame = json.loads(payload)
        assert frame["epoch"] == "e1"
        if frame["type"] in {"hello", "error"}:
            return  # its seq is the server's, and says nothing of what this client knows
        assert frame["seq"] >= self.seq, "a seq never goes back"
        self.seq = frame["seq"]
        if frame["type"] == "snapshot":
            assert list(frame) == ["type", "epoch", "seq", "servers", "alerts", "resumed"]
            self.servers = frame["servers"]
            self.alerts = {one["event_id"]: one for one in frame["alerts"]}
        elif frame["type"] == "delta":
            assert list(frame) == ["type", "epoch", "seq", "servers"]
            assert frame["servers"] != {}
            self.servers = patched(self.servers, frame["servers"])
        else:
            assert list(frame) == ["type", "epoch", "seq", "alert_type", "alert"]
            self.news.append(self.seq)
            if frame["alert"]["is_active"]:
                self.alerts[frame["alert"]["event_id"]] = frame["alert"]
            else:
                self.alerts.pop(frame["alert"]["event_id"], None)

    def knows(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.servers, self.alerts
