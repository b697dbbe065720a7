"""Whatever happens: who applies what it is told has what a new snapshot would give."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from monserv.stream.entries import Item, Notice, Veil
from monserv.stream.selection import Selection
from monserv.stream.v2 import Ledger
from tests.stream import mirror as given
from tests.stream.mirror import IDS, Mirror

selections = st.builds(
    Selection, view=given.tags, servers=given.servers, tags=given.tags, fields=given.fields
)


class Streams(RuleBasedStateMachine):
    """Servers change, alerts come and go, clients come, leave and come back."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger("e1")
        self.mirrors: list[Mirror] = []
        self.truth: dict[str, Item] = {}
        self.now = 0.0

    @initialize(start=given.worlds)
    def wake(self, start: dict[str, Item]) -> None:
        self.truth = start
        self.ledger.wake(lambda: start)

    @rule(changes=given.changes)
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
        told_tags=given.tags,
        is_active=st.booleans(),
        identity=given.identities,
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

    @rule(start=given.worlds)
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
            assert fresh.knows() == mirror.knows()

    @invariant()
    def nobody_sees_what_is_not_his(self) -> None:
        for mirror in self._listening():
            mine = {
                name
                for name, item in self.truth.items()
                if mirror.selection.selects(name, item.tags)
            }
            assert set(mirror.servers) == mine

    @invariant()
    def nobody_sees_behind_a_veil(self) -> None:
        for mirror in self._listening():
            selection = mirror.selection
            for name, shown in mirror.servers.items():
                veil = self.truth[name].veil
                if veil is None or veil.field not in (selection.fields or [veil.field]):
                    continue
                is_hidden = bool(selection.view) and not selection.view & veil.tags
                true = self.truth[name].state.get(veil.field)
                assert shown.get(veil.field) == (veil.instead if is_hidden else true)

    def _listening(self) -> list[Mirror]:
        return [mirror for mirror in self.mirrors if mirror.is_connected]


TestStreams = Streams.TestCase
# A failure prints its steps; to find fewer that do it would take minutes.
TestStreams.settings = settings(
    max_examples=50, stateful_step_count=20, deadline=None, phases=[Phase.generate]
)


def test_a_snapshot_to_go_on_from_an_earlier_seq_may_show_servers_as_they_were() -> None:
    ledger, everything = Ledger("e1"), Selection()
    ledger.wake(lambda: {"nas": Item((), {"n": 0})})
    ledger.change({"nas": Item((), {"n": 1})}, 0.0)
    assert b'"seq":1,' in ledger.snapshot_since(everything, 1, {})
    assert b'{"n":1}' in ledger.snapshot_since(everything, 1, {})
    assert b'{"n":7}' in ledger.snapshot_since(everything, 1, {"nas": Item((), {"n": 7})})


def test_each_server_of_a_snapshot_stands_on_a_line_of_its_own() -> None:
    ledger = Ledger("e1")
    ledger.wake(lambda: {name: Item((), {"name": "a\nb"}) for name in ("nas", "web")})
    snapshot = ledger.snapshot(Selection())
    _, nas, web, _ = snapshot.split(b"\n")
    assert [json.loads(b"{%s}" % one.rstrip(b",")) for one in (nas, web)] == [
        {name: {"name": "a\nb"}} for name in ("nas", "web")
    ]


def test_who_may_see_a_field_from_now_on_or_no_more_is_told_so_at_once() -> None:
    ledger = Ledger("e1")
    seen, other = frozenset({"berlin"}), Selection(frozenset({"prod"}))
    state = {"jump": "bastion", "n": 0}
    ledger.wake(lambda: {"nas": Item({"berlin", "prod"}, state, veil=Veil("jump", "", seen))})

    def told(item: Item, selection: Selection) -> object:
        change = ledger.change({"nas": item}, 0.0)
        payload = change and ledger.update(change.steps, selection)
        return payload and json.loads(payload)["servers"]["nas"]

    assert b'"jump":""' in ledger.snapshot(other)
    assert b'"jump":"bastion"' in ledger.snapshot(Selection(seen))
    assert b'"jump":"bastion"' in ledger.snapshot(Selection())
    everybody = Item({"berlin", "prod"}, state)
    assert told(everybody, other) == {"jump": "bastion"}
    hidden = Item({"berlin", "prod"}, {"jump": "gate", "n": 1}, veil=Veil("jump", "", seen))
    assert told(hidden, other) == {"jump": "", "n": 1}
    moved = Item({"berlin", "prod"}, {"jump": "door", "n": 2}, veil=Veil("jump", "", seen))
    assert told(moved, other) == {"n": 2}
    back = Item({"berlin", "prod"}, {"jump": "gate", "n": 2}, veil=Veil("jump", "", seen))
    assert told(back, Selection(seen)) == {"jump": "gate"}


def test_a_large_snapshot_serves_again_while_little_has_changed_and_no_seq_goes_back() -> None:
    ledger, everything = Ledger("e1", large_bytes=1, most_part=2), Selection()
    ledger.wake(lambda: {"nas": Item((), {"n": 0, "filler": "x" * 200})})
    assert ledger.begun(everything, 0) is None
    opening = ledger.begin(everything)
    assert (opening.seq, opening.deltas) == (1, ())
    ledger.change({"nas": Item((), {"n": 1, "filler": "x" * 200})}, 0.0)

    again = ledger.begun(everything, 1)
    assert again is not None
    assert again.snapshot is opening.snapshot
    ((delta, before),) = again.deltas
    assert (b'"seq":2' in delta, before) == (True, 1)
    assert ledger.begun(everything, 2) is None

    ledger.change({"nas": Item((), {"n": 1, "filler": "y" * 200})}, 0.0)
    assert ledger.begun(everything, 0) is None
    assert ledger.begin(everything).seq == 3
    ledger.news(Notice("e", "alert", b'{"event_id":"e"}', is_active=True), 0.0)
    assert ledger.begun(everything, 0) is None


def test_no_more_is_read_for_one_who_comes_back_than_could_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("monserv.stream.v2.MAX_REPLAY_BYTES", 50)
    ledger, rare = Ledger("e1"), Selection(fields=("rare",))
    ledger.wake(lambda: {"nas": Item((), {"n": 0})})
    for number in range(1, 11):
        ledger.change({"nas": Item((), {"n": number})}, 0.0)

    assert ledger.since("e1", 6, rare) == []
    assert ledger.since("e1", 1, rare) is None
    # What others are told is not read for it.
    assert ledger.since("e1", 1, replace(rare, servers=frozenset({"mail"}))) == []


def test_what_is_remembered_takes_about_the_memory_that_is_counted() -> None:
    ledger, tags = Ledger("e1"), frozenset({"a"})
    names = [f"s{number}" for number in range(500)]
    ledger.wake(lambda: {name: Item(tags, {"n": 0, "filler": ""}) for name in names})
    tracemalloc.start()
    try:
        for name in names:
            ledger.change({name: Item(tags, {"n": 1, "filler": "x" * 200})}, 0.0)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The servers themselves, as they are now, are in it, too.
    assert 0.5 * taken < ledger._ring._bytes < 1.5 * taken
