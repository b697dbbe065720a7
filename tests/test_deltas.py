"""What subscribers are told, and when: alerts first, then what caused them, and soon."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from monserv.clock import ManualClock
from monserv.deltas import Allowance, Deltas, Items
from monserv.model.alert import Kind, Resolution
from monserv.model.snapshot import ServerView
from monserv.state import State
from monserv.stream.entries import Item
from monserv.stream.hub import Hub
from monserv.stream.selection import Selection
from monserv.stream.v2 import Ledger
from monserv.wire.keyed import keyed
from tests.golden import world as golden
from tests.samples import START, polled, sample, server
from tests.waiting import eventually

EPOCH = "5d41402abc4b2a76"


class World:
    """A state, its deltas, and a ledger that is asked instead of clients."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.state = State((server("nas", ("berlin",)), server("mail")), START)
        self.ledger = Ledger(EPOCH)
        self.items = Items(self.state)
        self.hub = Hub(self.clock, ledger=self.ledger, load=self.items.all)
        self.deltas = Deltas(self.state, self.items, self.hub, self.clock)

    def wake(self) -> None:
        self.ledger.wake(self.items.all)

    def poll(self, memory: float, *, alerts: int = 0) -> None:
        """Take in a sample as the pipeline does, up to the alerts' rows."""
        self.deltas.expect("nas", alerts)
        self.state.put(polled(sample(memory=memory), "nas"), ())
        self.deltas.changed("nas")

    def told(self) -> list[tuple[str, Any]]:
        """Return all that was told since the ledger woke up."""
        frames = [json.loads(each) for each in self.ledger.since(EPOCH, 1, Selection()) or ()]
        return [(each["type"], each.get("servers", each.get("alert_type"))) for each in frames]


@pytest.fixture
def world() -> World:
    made = World()
    made.poll(50.0)
    return made


@pytest.fixture
def started(world: World) -> Iterator[World]:
    world.wake()
    world.deltas.start()
    world.deltas.start()
    yield world
    world.deltas.stop(5.0)
    world.deltas.stop(5.0)
    assert not world.deltas.is_alive


def test_the_frames_are_what_the_golden_files_show() -> None:
    ledger = Ledger(EPOCH)
    world = World()
    before = {name: shown(view) for name, view in golden.SNAPSHOT.servers.items()}
    world.ledger = ledger
    ledger.wake(lambda: before)
    ledger.seq = 6  # what is adopted takes the next one
    hub = Hub(world.clock, ledger=ledger)
    world.state = State([view.server for view in golden.SNAPSHOT.servers.values()], START)
    for name, view in golden.SNAPSHOT.servers.items():
        world.state.adopt(name, view.alerts)
    deltas = Deltas(world.state, Items(world.state), hub, world.clock)
    deltas.adopt(world.state.snapshot().servers)
    hello = ledger.hello(4.0, "1.0")
    snapshot = ledger.snapshot(Selection())
    error = ledger.error("unknown_type", "The type of a message is subscribe or resume.")
    assert [json.loads(each) for each in (hello, snapshot, error)] == [
        golden.load(f"v2_{name}.json") for name in ("hello", "snapshot", "error")
    ]

    resolved = replace(
        golden.MEMORY_HIGH,
        resolved_at=golden.NOON.replace(second=4),
        resolution=Resolution.RECOVERED,
    )
    deltas.announce(golden.RAISED, ("prod",))
    deltas.announce(replace(golden.RECOVERED, alert=resolved), ("prod",))
    hub.channel.publish({"scadanas": shown(later()), "mail": None})
    told = ledger.since(EPOCH, 7, Selection())
    assert told is not None
    assert [json.loads(each) for each in told] == [
        golden.load(f"v2_{name}.json") for name in ("alert", "recovery", "delta")
    ]


def shown(view: ServerView) -> Item:
    return Item(view.server.tags, keyed(view), view.server.url)


def later() -> ServerView:
    """Return what the golden delta tells of."""
    view = golden.SNAPSHOT.servers["scadanas"]
    at, old = golden.NOON.replace(second=4), golden.SAMPLE
    assert old.cpu is not None
    assert old.memory is not None
    assert old.processes is not None
    (process,) = old.processes.large
    process = replace(
        process, pid=4321, name="java", username="app", rss_bytes=858993459, percent_ram=10.0
    )
    new = replace(
        old,
        taken_at=at,
        uptime_seconds=3604,
        cpu=replace(old.cpu, used_percent=99.94),
        memory=replace(old.memory, used_bytes=5583457485, free_bytes=3006477107, used_percent=65.0),
        disks=(old.disks or ())[:1],
        processes=replace(old.processes, large=(process,)),
        network=None,
    )
    status = type(view.status).ONLINE
    return replace(view, status=status, since=at, last_update=at, sample=new, alerts=())


def test_while_nobody_follows_nothing_is_done(world: World) -> None:
    world.poll(51.0)
    world.deltas.publish()
    assert (world.ledger.seq, world.deltas._dirty) == (0, set())


def test_a_change_is_told_once_and_where_nothing_changed_nothing_is(world: World) -> None:
    world.wake()
    world.deltas.changed("nas")
    world.poll(51.0)
    world.deltas.publish()
    world.deltas.publish()
    world.deltas.changed("mail")
    world.deltas.publish()

    ((kind, servers),) = world.told()
    assert kind == "delta"
    assert servers["nas"]["metrics"]["memory"]["used_percent"] == 51.0


def test_a_server_comes_and_goes(world: World) -> None:
    world.wake()
    world.state.watch(server("new"), START)
    world.deltas.changed("new")
    world.deltas.publish()
    world.state.forget("nas")
    world.deltas.changed("nas")
    world.deltas.publish()
    added, gone = world.told()
    assert added[1]["new"]["status"] == "offline"
    assert gone == ("delta", {"nas": None})


def test_a_sample_is_told_after_the_alerts_that_it_caused_and_others_are_not_held_up(
    world: World,
) -> None:
    world.wake()
    world.poll(85.0, alerts=2)
    world.state.forget("mail")
    world.deltas.changed("mail")
    world.deltas.publish()
    raised = replace(
        golden.RAISED, alert=replace(golden.MEMORY_HIGH, server_id="nas", event_id="one")
    )
    world.deltas.announce(raised, ("berlin",))
    world.deltas.publish()
    world.deltas.announce(replace(raised, alert=replace(raised.alert, event_id="two")), ())
    world.deltas.publish()

    told = world.told()
    assert [kind for kind, _ in told] == ["delta", "alert", "alert", "delta"]
    assert told[0][1] == {"mail": None}
    assert told[3][1]["nas"]["metrics"]["memory"]["used_percent"] == 85.0


def test_an_alert_that_is_never_told_holds_a_sample_up_for_a_second_and_a_half(
    world: World,
) -> None:
    world.wake()
    world.poll(85.0, alerts=1)
    world.clock.advance(1.4)
    world.deltas.publish()
    assert world.told() == []
    world.clock.advance(0.1)
    world.deltas.publish()
    assert [kind for kind, _ in world.told()] == ["delta"]


def test_a_test_alert_is_told_to_everybody_and_is_not_active(world: World) -> None:
    world.wake()
    world.deltas.push(Kind.RAISED, "a subject", "a message")
    limited = Selection(view=frozenset({"linz"}), servers=frozenset({"nas"}))
    (told,) = world.ledger.since(EPOCH, 1, limited) or ()
    frame = json.loads(told)
    assert (frame["type"], frame["alert_type"]) == ("alert", "alert")
    shown_alert = frame["alert"]
    assert set(shown_alert) == set(golden.load("v2_alert.json")["alert"])
    assert (shown_alert["subject"], shown_alert["message"]) == ("a subject", "a message")
    assert shown_alert["is_active"] is False
    assert json.loads(world.ledger.snapshot(Selection()))["alerts"] == []


def test_a_test_alert_of_who_is_limited_is_told_to_who_sees_his_servers(world: World) -> None:
    world.wake()
    world.deltas.push(Kind.RAISED, "a subject", "a message", {"berlin"})
    told = {
        tags: len(world.ledger.since(EPOCH, 1, Selection(view=frozenset(tags))) or ())
        for tags in ((), ("berlin",), ("berlin", "linz"), ("linz",))
    }
    assert told == {(): 1, ("berlin",): 1, ("berlin", "linz"): 1, ("linz",): 0}


def test_the_thread_tells_by_itself_and_waits_for_nobody(started: World) -> None:
    started.poll(51.0)
    assert eventually(lambda: len(started.told()) == 1)
    started.poll(85.0, alerts=1)
    raised = replace(golden.RAISED, alert=replace(golden.MEMORY_HIGH, server_id="nas"))
    started.deltas.announce(raised, ("berlin",))
    assert eventually(lambda: len(started.told()) == 3)
    assert [kind for kind, _ in started.told()] == ["delta", "alert", "delta"]


def test_while_nobody_follows_no_states_are_kept(started: World) -> None:
    started.poll(51.0)
    assert eventually(lambda: len(started.told()) == 1)
    assert set(started.items._states._disks) == {"nas"}
    started.ledger.rest()
    started.deltas._wanted.set()
    assert eventually(lambda: not started.items._states._disks)


def test_a_message_that_cannot_be_made_does_not_end_the_stream(
    started: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    publish: Callable[..., None] = started.hub.channel.publish

    def fail(_items: object) -> None:
        monkeypatch.setattr(started.hub.channel, "publish", publish)
        raise RuntimeError("on purpose")

    monkeypatch.setattr(started.hub.channel, "publish", fail)
    started.poll(51.0)
    assert eventually(lambda: "changes could not be told" in caplog.text)
    started.poll(52.0)
    assert eventually(lambda: len(started.told()) == 1)


def test_publishing_goes_on_at_once_while_it_takes_little_and_has_a_fifth_of_the_time() -> None:
    allowance = Allowance(100.0)
    assert [allowance.spend(0.002, 100.0 + step / 50) for step in range(100)] == [0.0] * 100

    now, spent = 102.0, 0.0
    while now < 112.0:
        spent += 0.02
        now += 0.02 + allowance.spend(0.02, now + 0.02)
    assert spent == pytest.approx(2.0, abs=0.1)


def test_a_pause_has_an_end() -> None:
    assert Allowance(0.0).spend(30.0, 30.0) == 1.0
