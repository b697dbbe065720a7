"""The stages in their order: newest truth, journal, and only then the stream."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from monserv.alerts.engine import Engine
from monserv.clock import ManualClock
from monserv.model.alert import Transition
from monserv.model.settings import Thresholds
from monserv.model.snapshot import Snapshot
from monserv.pipeline import Pipeline, announcer
from monserv.series.trends import Trends
from monserv.state import State
from monserv.stream.client import EVERYTHING, View
from tests.samples import START, missed, polled, sample, server

BERLIN, LINZ = frozenset({"berlin"}), frozenset({"linz"})
NAS, MAIL = "ssh://scada:***@nas", "ssh://scada:***@mail"


class Record:
    """Stands in for journal and hub, and notes who was told what, in order."""

    def __init__(self, state: State) -> None:
        self.told: list[Any] = []
        self.shown_when_recorded: list[int] = []
        self.with_clients: tuple[View, ...] = (EVERYTHING,)
        self._state = state

    def record(self, transitions: Sequence[Transition]) -> None:
        self.shown_when_recorded.append(self._state.snapshot().version)
        self.told += [one.subject for one in transitions]

    def settle(self, timeout_seconds: float) -> bool:
        self.told.append("settled")
        return timeout_seconds < 2

    def publish(self) -> None:
        self.told.append("dashboards")

    def publish_alert(self, transition: Transition, _is_for: Callable[[View], bool]) -> None:
        self.told.append(transition.kind)

    def views(self) -> tuple[View, ...]:
        return self.with_clients

    def publish_state(self, payload: bytes, view: View) -> None:
        self.told.append(payload if view == EVERYTHING else (set(view), payload))


NO_READERS: Any = SimpleNamespace(publish_alert=lambda _transition, _is_for: None)
NO_FOLLOWERS: Any = SimpleNamespace(announce=lambda _transition, _tags: None)


class Changes:
    """Stands in for the deltas, and notes what they are told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []

    def expect(self, server_id: str, alerts: int) -> None:
        if alerts:
            self.told.append((server_id, alerts))

    def changed(self, server_id: str) -> None:
        self.told.append((server_id, "changed"))

    def adopt(self, server_ids: Iterable[str]) -> None:
        self.told.append(("adopted", list(server_ids)))


class World:
    def __init__(self) -> None:
        servers = (server("nas", ("berlin",)), server("mail", ("linz",)))
        self.clock = ManualClock(START)
        self.state = State(servers, START)
        self.record = Record(self.state)
        self.trends = Trends(servers, 4.0)
        self.deltas = Changes()
        ids = iter(f"event-{number}" for number in range(100))
        self.pipeline = Pipeline(
            state=self.state,
            trends=self.trends,
            engine=Engine(servers, Thresholds(), lambda: next(ids)),
            journal=self.record,  # type: ignore[arg-type]  # a fake
            hub=self.record,  # type: ignore[arg-type]  # a fake
            deltas=self.deltas,  # type: ignore[arg-type]  # a fake
            dashboards=self.record,  # type: ignore[arg-type]  # a fake
            clock=self.clock,
        )


@pytest.fixture
def world() -> World:
    return World()


def test_a_sample_is_the_newest_truth_a_point_and_what_it_changed_goes_to_the_journal(
    world: World,
) -> None:
    world.pipeline.ingest(polled(sample(memory=85.0)))
    view = world.state.snapshot().servers["nas"]
    assert view.sample == sample(memory=85.0)
    assert [alert.event_id for alert in view.alerts] == ["event-0"]
    assert [point.memory_percent for point in world.trends.points("nas")] == [85.0]
    assert world.record.told == ["[ALERT] scadanas memory high"]


def test_what_is_measured_is_logged_as_it_is_told_and_what_pollers_log_is_not_logged_twice(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[bytes] = []
    hub = SimpleNamespace(publish_event=lambda payload, _is_for: told.append(payload))
    notified: list[Transition] = []
    state = State([server("nas")], START)
    announce = announcer(hub, state, NO_FOLLOWERS, NO_READERS, notified.append)  # type: ignore[arg-type]  # a fake
    caplog.set_level(logging.INFO, "monserv")
    engine = Engine([server("nas")], Thresholds(), iter("abc").__next__)
    for result in (polled(sample(memory=85.0)), polled(sample(memory=65.0)), missed(3)):
        for transition in engine.observe(result, 0.0):
            announce(transition)
    assert len(told) == len(notified) == 3
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "[ALERT] scadanas memory high: Memory used 85.0% (threshold 80.0%)"),
        ("INFO", "[RECOVERED] scadanas memory: Memory back to 65.0%"),
    ]


def test_whoever_follows_changes_is_told_of_each_and_first_how_many_alerts_it_caused(
    world: World,
) -> None:
    world.pipeline.ingest(polled(sample()))
    world.pipeline.ingest(polled(sample(memory=85.0)))
    world.pipeline.ingest(missed(1))
    world.pipeline.watch(server("new"))
    world.pipeline.forget("new")
    assert world.deltas.told == [
        ("nas", "changed"),
        ("nas", 1),
        ("nas", "changed"),
        ("nas", "changed"),
        ("new", "changed"),
        ("new", "changed"),
    ]


def test_no_state_can_show_a_sample_before_its_alert_is_handed_over(world: World) -> None:
    before = world.state.snapshot().version
    world.pipeline.ingest(polled(sample(memory=85.0)))
    assert world.record.shown_when_recorded == [before]
    assert world.state.snapshot().version == before + 1


def test_a_miss_is_a_gap_and_tells_nobody_anything(world: World) -> None:
    world.pipeline.ingest(missed(1))
    assert [point.memory_percent for point in world.trends.points("nas")] == [None]
    assert world.record.told == []


def test_the_state_goes_out_after_the_alerts_that_its_samples_caused(world: World) -> None:
    world.pipeline.ingest(polled(sample(memory=85.0)))
    world.pipeline.broadcast()
    subject, settled, payload, last = world.record.told
    assert (subject, settled) == ("[ALERT] scadanas memory high", "settled")
    assert last == "dashboards"
    message = json.loads(payload)
    assert message["type"] == "metrics_update"
    assert message["data"]["ssh://scada:***@nas"]["memory"]["usedPercent"] == 85.0


def test_there_is_no_state_message_before_any_sample(world: World) -> None:
    world.pipeline.ingest(missed(1))
    assert world.pipeline.state_message() is None
    world.pipeline.broadcast()
    assert world.record.told == ["settled", "dashboards"]


def test_a_state_is_encoded_once_while_nothing_changes(world: World) -> None:
    world.pipeline.ingest(polled(sample()))
    first = world.pipeline.state_message()
    world.clock.advance(60)
    assert world.pipeline.state_message() is first


def test_a_state_message_is_the_newest(world: World) -> None:
    world.pipeline.ingest(polled(sample()))
    world.pipeline.state_message()
    world.pipeline.ingest(polled(sample(), "mail"))
    newest = world.pipeline.state_message(is_spared=True)
    assert newest is not None
    assert list(json.loads(newest)["data"]) == ["ssh://scada:***@nas", "ssh://scada:***@mail"]


def test_what_takes_long_to_encode_is_encoded_for_newcomers_a_twentieth_of_the_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encode_slowly(snapshot: Snapshot, _show: object) -> bytes:
        world.clock.advance(0.01)
        return b"%d" % snapshot.version

    monkeypatch.setattr("monserv.wire.legacy.encode", encode_slowly)
    before = world.clock.monotonic()
    seen = set()
    for _ in range(2000):
        world.clock.advance(0.001)
        world.pipeline.ingest(polled(sample()))
        seen.add(world.pipeline.state_message(is_spared=True))
    assert 0.04 < len(seen) * 0.01 / (world.clock.monotonic() - before) < 0.06
    assert world.pipeline.state_message() not in seen


def test_the_state_is_sent_to_each_view_that_has_clients_with_what_it_sees(world: World) -> None:
    world.record.with_clients = (EVERYTHING, LINZ)
    world.pipeline.ingest(polled(sample()))
    world.pipeline.ingest(polled(sample(), "mail"))
    world.pipeline.broadcast()
    settled, whole, (view, part), _ = world.record.told
    assert (settled, view) == ("settled", {"linz"})
    assert list(json.loads(whole)["data"]) == [NAS, MAIL]
    assert list(json.loads(part)["data"]) == [MAIL]


def test_a_view_without_any_server_is_told_that_there_is_none(world: World) -> None:
    world.pipeline.ingest(polled(sample()))
    message = world.pipeline.state_message(frozenset({"nowhere"}))
    assert message is not None
    assert json.loads(message)["data"] == {}


def test_nothing_is_encoded_for_a_view_without_clients(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[list[str]] = []

    def encode(snapshot: Snapshot, _show: object) -> bytes:
        encoded.append(list(snapshot.servers))
        return b"{}"

    monkeypatch.setattr("monserv.wire.legacy.encode", encode)
    world.record.with_clients = (LINZ,)
    world.pipeline.ingest(polled(sample()))
    world.pipeline.broadcast()
    world.pipeline.broadcast()
    assert encoded == [["mail"]]


def heard_by(state: State, transition: Transition, *views: View) -> list[bool]:
    """Return for which of ``views`` an alert is announced."""
    asked: list[Callable[[View], bool]] = []
    hub = SimpleNamespace(publish_event=lambda _payload, is_for: asked.append(is_for))
    announcer(hub, state, NO_FOLLOWERS, NO_READERS, lambda _: None)(transition)  # type: ignore[arg-type]  # a fake
    return [asked[0](view) for view in views]


def raised(*tags: str, name: str = "nas") -> Transition:
    engine = Engine([server(name, tags)], Thresholds(), iter("abc").__next__)
    (transition,) = engine.observe(polled(sample(memory=85.0), name), 0.0)
    return transition


def test_an_alert_is_for_those_who_see_its_server(world: World) -> None:
    assert heard_by(world.state, raised("berlin"), EVERYTHING, BERLIN, LINZ) == [True, True, False]


def test_the_tags_that_a_server_has_now_decide_and_not_those_of_its_past(world: World) -> None:
    assert heard_by(world.state, raised("linz"), EVERYTHING, BERLIN, LINZ) == [True, True, False]
    of_earlier_process = replace(raised("linz"), tags=())
    assert heard_by(world.state, of_earlier_process, BERLIN, LINZ) == [True, False]


def test_the_last_alert_of_a_removed_server_reaches_those_who_could_see_it() -> None:
    empty = State([], START)
    assert heard_by(empty, raised("berlin"), EVERYTHING, BERLIN, LINZ) == [True, True, False]
    assert heard_by(empty, raised(), EVERYTHING, BERLIN) == [True, False]


def test_who_sees_the_heir_of_an_id_does_not_hear_of_the_server_that_had_it_before() -> None:
    heir = replace(server("nas", ("linz",)), url="ssh://other@host")
    assert heard_by(State([heir], START), raised("berlin"), BERLIN, LINZ) == [True, False]


def test_a_server_that_is_removed_is_nowhere_and_its_alerts_are_told_as_gone(
    world: World,
) -> None:
    world.pipeline.ingest(polled(sample(memory=85.0)))
    world.pipeline.forget("nas")
    world.pipeline.ingest(polled(sample(memory=85.0)))
    assert world.record.told == [
        "[ALERT] scadanas memory high",
        "[RECOVERED] scadanas memory high",
    ]
    assert list(world.state.snapshot().servers) == ["mail"]
    assert world.trends.points("nas") == ()


def test_a_server_at_another_address_begins_with_nothing(world: World) -> None:
    world.pipeline.ingest(polled(sample(memory=85.0)))
    world.pipeline.watch(replace(server("nas"), url="ssh://scada:***@elsewhere"))
    view = world.state.snapshot().servers["nas"]
    assert (view.sample, view.alerts, world.trends.points("nas")) == (None, (), ())
    assert world.record.told[-1] == "[RECOVERED] scadanas memory high"
