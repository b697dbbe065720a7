"""Whatever happens: who applies what it is told has what a new snapshot would give."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from monserv.stream.v2 import Item, Ledger, Notice, Selection

IDS = ["nas", "mail", 'ä/"\\', "", "null"]
TAGS = ["berlin", "linz", "prod"]
NAMES = ["", "/", 'a"b', "é", "~1", "null", "0"]
texts = st.sampled_from(["on", "off", "", '\u2028"', "null"])
rows = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3) | texts, max_size=3)
metrics = st.dictionaries(
    st.sampled_from(["cpu", "memory", "disks"]),
    st.dictionaries(st.sampled_from(NAMES), rows | st.integers(0, 3), max_size=3),
)
states = st.fixed_dictionaries(
    {}, optional={"status": texts, "reason": texts, "missed": st.integers(0, 2), "metrics": metrics}
)
tags = st.frozensets(st.sampled_from(TAGS))
items = st.builds(Item, tags, states, st.sampled_from(["one machine", "another"]))
selections = st.builds(
    Selection,
    view=tags,
    servers=st.frozensets(st.sampled_from(IDS), max_size=2),
    tags=tags,
    fields=st.sampled_from(
        [(), ("status",), ("metrics.cpu",), ("metrics.cpu", "reason"), ("metrics", "nothing")]
    ),
)


def patched(target: Any, patch: Any) -> Any:
    """RFC 7396 as its text has it, and none of the product's code."""
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
    """A client as the contract describes it."""

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
        assert frame["seq"] >= self.seq
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


class Streams(RuleBasedStateMachine):
    """Servers change, alerts come and go, clients come, leave and come back."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger("e1")
        self.mirrors: list[Mirror] = []
        self.truth: dict[str, Item] = {}
        self.now = 0.0

    @initialize(start=st.dictionaries(st.sampled_from(IDS), items))
    def wake(self, start: dict[str, Item]) -> None:
        self.truth = start
        self.ledger.wake(lambda: start)

    @rule(changes=st.dictionaries(st.sampled_from(IDS), st.none() | items, min_size=1))
    def change(self, changes: dict[str, Item | None]) -> None:
        self.truth = {**self.truth, **changes}  # type: ignore[dict-item] -- the gone go next
        self.truth = {name: item for name, item in self.truth.items() if item is not None}
        change = self.ledger.change(changes, self.now)
        for mirror in self._listening():
            payload = change and self.ledger.update(
                change.steps, mirror.selection, is_whole=change.moves_alerts(mirror.selection)
            )
            if payload:
                mirror.read(payload)

    @rule(
        event=st.sampled_from(["a", "b", "c"]),
        server_id=st.sampled_from([*IDS, "gone"]),
        told_tags=tags,
        is_active=st.booleans(),
        identity=st.sampled_from(["one machine", "another"]),
    )
    def tell(
        self, event: str, server_id: str, told_tags: frozenset[str], is_active: bool, identity: str
    ) -> None:
        # An episode belongs to one server.
        event = f"{event} of {server_id} {identity}"
        document = json.dumps({"event_id": event, "is_active": is_active}).encode()
        notice = Notice(event, "alert", document, is_active, server_id, identity, told_tags)
        news = self.ledger.news(notice, self.now)
        assert news is not None
        for mirror in self._listening():
            if news.is_for(mirror.selection):
                mirror.read(news.payload)

    @rule(selection=selections)
    def join(self, selection: Selection) -> None:
        mirror = Mirror(selection)
        self.mirrors.append(mirror)
        mirror.read(self.ledger.snapshot(selection))

    @precondition(lambda self: self.mirrors)
    @rule(data=st.data())
    def drop_or_resume(self, data: st.DataObject) -> None:
        mirror = data.draw(st.sampled_from(self.mirrors))
        if mirror.is_connected:
            mirror.is_connected = False
            return
        missed = self.ledger.since("e1", mirror.seq, mirror.selection)
        for payload in [self.ledger.snapshot(mirror.selection)] if missed is None else missed:
            mirror.read(payload)
        mirror.is_connected = True

    @precondition(lambda self: self.mirrors)
    @rule(data=st.data(), selection=selections)
    def subscribe(self, data: st.DataObject, selection: Selection) -> None:
        mirror = data.draw(st.sampled_from(self.mirrors))
        # The access stays what it is.
        mirror.selection = replace(selection, view=mirror.selection.view)
        mirror.read(self.ledger.snapshot(mirror.selection))
        mirror.is_connected = True

    @rule(start=st.dictionaries(st.sampled_from(IDS), items))
    def sleep_and_wake(self, start: dict[str, Item]) -> None:
        for mirror in self.mirrors:
            mirror.is_connected = False
        self.ledger.rest()
        self.truth = start
        self.ledger.wake(lambda: start)

    @rule(seconds=st.sampled_from([1.0, 200.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def every_client_has_what_a_new_one_would_get(self) -> None:
        for mirror in self._listening():
            fresh = Mirror(mirror.selection)
            fresh.read(self.ledger.snapshot(mirror.selection))
            assert fresh.servers == mirror.servers
            assert fresh.alerts == mirror.alerts

    @invariant()
    def nobody_sees_what_is_not_his(self) -> None:
        for mirror in self._listening():
            mine = {
                name
                for name, item in self.truth.items()
                if mirror.selection.selects(name, item.tags)
            }
            assert set(mirror.servers) == mine

    def _listening(self) -> list[Mirror]:
        return [mirror for mirror in self.mirrors if mirror.is_connected]


TestStreams = Streams.TestCase
TestStreams.settings = settings(
    max_examples=50, stateful_step_count=20, deadline=None, phases=[Phase.generate]
)
