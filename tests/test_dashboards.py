"""What readers of event streams get: at once, once an interval, and with each alert."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from monserv.alerts.engine import Engine
from monserv.clock import ManualClock
from monserv.dashboards import Dashboards
from monserv.model.alert import Transition
from monserv.model.settings import Thresholds
from monserv.state import State
from monserv.stream.client import EVERYTHING, View
from monserv.stream.forms import EVENT_STREAM, Form
from tests.samples import START, polled, sample, server

BERLIN, LINZ = frozenset({"berlin"}), frozenset({"linz"})


def parsed(event: bytes | None) -> tuple[str, Any]:
    """Return an event's id and document."""
    assert event is not None
    name, identity, data, *end = event.decode().split("\n")
    assert (name, end) == ("event: dashboard", ["", ""])
    return identity.removeprefix("id: "), json.loads(data.removeprefix("data: "))


def active(document: Any) -> list[str]:
    return [alert["event_id"] for alert in document["data"]["alerts"]]


class World:
    """Two servers, and a hub that notes what readers of which view would get."""

    def __init__(self) -> None:
        servers = (server("nas", ("berlin",)), server("mail", ("linz",)))
        self.clock = ManualClock(START)
        self.state = State(servers, START)
        self.engine = Engine(servers, Thresholds(), iter(("e1", "e2", "e3")).__next__)
        self.readers: tuple[View, ...] = (EVERYTHING,)
        self.got: list[tuple[View, str, Any]] = []
        self.unrecorded: set[str] = set()
        self.problem: str | None = None
        journal: Any = SimpleNamespace(
            is_recorded=lambda event_id: event_id not in self.unrecorded,
            problem=lambda: self.problem,
        )
        self.dashboards = Dashboards(
            state=self.state,
            hub=self,  # type: ignore[arg-type]  # a fake
            clock=self.clock,
            epoch="abc",
            journal=lambda: journal,
        )

    def views(self, form: Form) -> tuple[View, ...]:
        assert form is EVENT_STREAM
        return self.readers

    def publish_state(self, payload: bytes, view: View, form: Form) -> None:
        assert form is EVENT_STREAM
        self.got.append((view, *parsed(payload)))

    def see(self, memory: float, name: str = "nas", *, is_shown: bool = True) -> list[Transition]:
        """Take in a sample as the pipeline does; return what it changed."""
        result = polled(sample(memory=memory), name)
        transitions = self.engine.observe(result, 0.0)
        if is_shown:
            self.state.put(result, self.engine.active(name))
        return list(transitions)


@pytest.fixture
def world() -> World:
    return World()


def everybody(_view: View) -> bool:
    return True


def test_there_is_a_dashboard_before_any_sample(world: World) -> None:
    identity, document = parsed(world.dashboards.greeting(EVERYTHING))
    assert identity == "abc-0"
    assert document["timestamp"] == "2026-01-01T12:00:00Z"
    assert [one["metrics"] for one in document["data"]["servers"]["servers"]] == [None, None]


def test_each_view_gets_what_it_sees_and_one_without_readers_costs_nothing(world: World) -> None:
    world.readers = (EVERYTHING, LINZ)
    world.see(50.0)
    world.dashboards.publish()
    shown = {
        view: [one["id"] for one in document["data"]["servers"]["servers"]]
        for view, _, document in world.got
    }
    assert shown == {EVERYTHING: ["nas", "mail"], LINZ: ["mail"]}


def test_once_an_interval_the_time_is_told_also_when_nothing_changed(world: World) -> None:
    for _ in range(2):
        world.dashboards.publish()
        world.clock.advance(4)
    assert [document["timestamp"] for _, _, document in world.got] == [
        "2026-01-01T12:00:00Z",
        "2026-01-01T12:00:04Z",
    ]
    assert [identity for _, identity, _ in world.got] == ["abc-0", "abc-0"]


def test_an_alert_is_told_to_those_who_may_hear_of_it_with_the_alert_in_it(world: World) -> None:
    world.readers = (EVERYTHING, BERLIN, LINZ)
    (raised,) = world.see(85.0)
    world.dashboards.publish_alert(raised, lambda view: view != LINZ)
    assert [(view, identity, active(document)) for view, identity, document in world.got] == [
        (EVERYTHING, "abc-1", ["e1"]),
        (BERLIN, "abc-1", ["e1"]),
    ]


@pytest.mark.parametrize("is_shown", [True, False])
def test_an_alert_is_in_its_event_whatever_the_state_shows_by_then(
    world: World, is_shown: bool
) -> None:
    raised = world.see(85.0, is_shown=is_shown)
    recovered = world.see(50.0, is_shown=is_shown)
    for transition in (*raised, *recovered):
        world.dashboards.publish_alert(transition, everybody)
    first, second = (document["data"] for _, _, document in world.got)
    assert [one["event_id"] for one in first["alerts"]] == ["e1"]
    assert (first["stats"]["alert_count"], first["health"]["alerts"]) == (1, 1)
    assert second["alerts"] == []


def test_a_recovery_is_told_before_the_state_shows_it(world: World) -> None:
    world.see(85.0)
    (recovered,) = world.see(50.0, is_shown=False)
    world.dashboards.publish_alert(recovered, everybody)
    assert active(world.got[0][2]) == []


def test_the_last_alert_of_a_removed_server_changes_nothing_that_is_shown(world: World) -> None:
    (raised,) = world.see(85.0)
    gone = replace(raised, alert=replace(raised.alert, server_id="gone"))
    world.dashboards.publish_alert(gone, everybody)
    assert active(world.got[0][2]) == ["e1"]


def test_it_says_what_the_journal_does_not_hold_and_what_is_wrong_with_it(world: World) -> None:
    world.see(85.0)
    world.unrecorded, world.problem = {"e1"}, "The disk is full"
    world.dashboards.publish()
    data = world.got[0][2]["data"]
    assert [one["recorded"] for one in data["alerts"]] == [False]
    assert data["health"]["status"] == "error"


@pytest.mark.parametrize(
    ("last_event_id", "is_greeted"),
    [
        ("abc-1", False),
        ("abc-2", False),  # told after a state that this view does not see any more
        ("abc-0", True),
        ("def-1", True),
        ("", True),
        ("abc", True),
        ("abc-", True),
        ("abc--1", True),
        ("abc-1 ", True),
        ("abc-1\n", True),
        ("abc-1.0", True),
        ("abc-\u0661", True),
        ("abc-" + "9" * 5000, True),
        ("a" * 5000 + "-1", True),
        ("\x00", True),
    ],
)
def test_a_reader_that_comes_back_is_greeted_if_there_is_something_newer(
    world: World, last_event_id: str, is_greeted: bool
) -> None:
    world.see(50.0)
    assert (world.dashboards.greeting(EVERYTHING, last_event_id) is not None) == is_greeted


def test_many_who_come_at_once_are_greeted_with_one_encoding(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[Any] = []
    make: Callable[..., bytes] = world.dashboards._event
    monkeypatch.setattr(
        world.dashboards._feed, "_encode", lambda seen: encoded.append(seen) or make(seen)
    )
    greetings = {world.dashboards.greeting(EVERYTHING) for _ in range(500)}
    assert len(greetings) == len(encoded) == 1


def test_who_comes_back_is_never_shown_less_than_he_has_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make: Callable[..., bytes] = world.dashboards._event

    def make_slowly(seen: object) -> bytes:
        world.clock.advance(1)
        return make(seen)

    monkeypatch.setattr(world.dashboards._feed, "_encode", make_slowly)
    greeted = [parsed(world.dashboards.greeting(EVERYTHING, "abc-0 of old"))[0]]
    for _ in range(3):
        world.see(50.0)
    # Encoding takes so long that newcomers are spared it, and who has seen more is not.
    greeted += [
        parsed(world.dashboards.greeting(EVERYTHING, last))[0] for last in ("", "abc-2", "abc-1")
    ]
    assert greeted == ["abc-0", "abc-0", "abc-3", "abc-3"]
    assert world.dashboards.greeting(EVERYTHING, "abc-3") is None
