"""Subscribers on real sockets: who is told what, in which order, and who cannot keep up."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, cast

import pytest

from monserv.clock import SystemClock
from monserv.stream.entries import Item, Notice
from monserv.stream.limits import Limits
from monserv.stream.selection import Selection
from monserv.wire.patch import diff
from tests.stream.conftest import BuildHouse, House, far_away
from tests.stream.mirror import Mirror
from tests.stream.peer import CLOSE, PING, PONG, TEXT, Peer, masked
from tests.waiting import eventually

BERLIN, LINZ = frozenset({"berlin"}), frozenset({"linz"})
SMALL_BUFFER = 4096
LARGE = "x" * 200_000


def item(tags: frozenset[str] = BERLIN, **state: Any) -> Item:
    return Item(tags, state, "url")


def notice(event_id: str = "a", *, is_active: bool = True, tags: frozenset[str] = BERLIN) -> Notice:
    document = json.dumps({"event_id": event_id, "is_active": is_active}).encode()
    kind = "alert" if is_active else "recovery"
    return Notice(event_id, kind, document, is_active, "nas", "url", tags)


def frames(peer: Peer, count: int) -> list[Any]:
    return [json.loads(text) for text in peer.texts(count)]


def ask(peer: Peer, **asked: Any) -> None:
    peer.send(masked(TEXT, json.dumps(asked).encode()))


def subscribed(
    house: House,
    *sizes: int,
    view: frozenset[str] = frozenset(),
    credential: str = "",
    **asked: Any,
) -> Peer:
    """Return a client that has its snapshot."""
    peer = house.subscribe(*sizes, view=view, credential=credential)
    ask(peer, type="subscribe", **asked)
    assert [each["type"] for each in frames(peer, 2)] == ["hello", "snapshot"]
    return peer


def test_a_newcomer_gets_hello_and_a_snapshot_without_asking(house: House) -> None:
    house.items = {"nas": item(status="online")}
    house.hub.channel.adopt([notice()])
    assert frames(house.subscribe(), 2) == [
        {"type": "hello", "epoch": "e1", "seq": 1, "interval_seconds": 4.0, "version": "1.0"},
        {
            "type": "snapshot",
            "epoch": "e1",
            "seq": 1,
            "servers": {"nas": {"status": "online"}},
            "alerts": [{"event_id": "a", "is_active": True}],
            "resumed": False,
        },
    ]


def test_a_change_is_told_as_a_patch_and_nothing_as_nothing(house: House) -> None:
    house.items = {"nas": item(status="online", reason="none")}
    peer = subscribed(house)
    house.hub.channel.publish({"nas": item(status="online", reason="none")})
    house.hub.channel.publish({"nas": item(status="offline")})
    house.hub.channel.publish({"nas": None, "mail": item(status="online")})

    assert frames(peer, 2) == [
        {
            "type": "delta",
            "epoch": "e1",
            "seq": 2,
            "servers": {"nas": {"status": "offline", "reason": None}},
        },
        {
            "type": "delta",
            "epoch": "e1",
            "seq": 3,
            "servers": {"nas": None, "mail": {"status": "online"}},
        },
    ]


def test_an_alert_is_told_to_those_who_see_its_server(house: House) -> None:
    house.items = {"nas": item(status="online")}
    everybody = subscribed(house)
    berlin, linz = subscribed(house, view=BERLIN), subscribed(house, view=LINZ)
    house.hub.channel.announce(notice())
    house.hub.channel.publish({"nas": item(status="alert"), "mail": item(LINZ, status="online")})

    told = {
        "type": "alert",
        "epoch": "e1",
        "seq": 2,
        "alert_type": "alert",
        "alert": {"event_id": "a", "is_active": True},
    }
    assert frames(everybody, 1) == frames(berlin, 1) == [told]
    assert frames(linz, 1)[0]["servers"] == {"mail": {"status": "online"}}
    assert frames(berlin, 1)[0]["servers"] == {"nas": {"status": "alert"}}


def test_a_subscription_replaces_the_one_before_and_is_answered_by_a_snapshot(house: House) -> None:
    house.items = {"nas": item(status="online", name="n"), "mail": item(LINZ, status="warning")}
    peer = subscribed(house, tags=["linz"], fields=["status"])
    house.hub.channel.publish({"nas": item(status="alert"), "mail": item(LINZ, status="alert")})
    ask(peer, type="subscribe", servers=["nas"])
    delta, snapshot = frames(peer, 2)

    assert delta["servers"] == {"mail": {"status": "alert"}}
    assert (snapshot["type"], snapshot["servers"]) == ("snapshot", {"nas": {"status": "alert"}})


def test_who_resumes_gets_exactly_what_was_missed_and_no_snapshot(house: House) -> None:
    house.items = {"nas": item(n=0)}
    staying = subscribed(house)
    for n in (1, 2):
        house.hub.channel.publish({"nas": item(n=n)})
        house.hub.channel.announce(notice(f"event {n}"))
    back = house.subscribe()
    ask(back, type="resume", epoch="e1", seq=2)
    house.hub.channel.announce(notice("live"))

    everything = frames(staying, 5)
    assert [each["seq"] for each in everything] == [2, 3, 4, 5, 6]
    hello, *missed = frames(back, 5)
    assert hello["type"] == "hello"
    assert missed == everything[1:]


@pytest.mark.parametrize(("epoch", "seq"), [("e0", 1), ("e1", 0), ("e1", 9), ("", 1)])
def test_who_cannot_resume_gets_a_snapshot(house: House, epoch: str, seq: int) -> None:
    house.items = {"nas": item(n=0)}
    back = house.subscribe()
    ask(back, type="resume", epoch=epoch, seq=seq)
    _hello, answer = frames(back, 2)
    assert (answer["type"], answer["resumed"]) == ("snapshot", False)


def test_nothing_is_kept_over_a_time_in_which_nobody_followed(house: House) -> None:
    house.items = {"nas": item(n=0)}
    first = subscribed(house)
    house.hub.channel.publish({"nas": item(n=1)})
    assert frames(first, 1)[0]["seq"] == 2
    first.sock.close()
    assert eventually(house.is_empty)
    house.clock.advance(299.0)
    house.hub.channel.tend()
    assert house.hub.channel.is_awake
    house.clock.advance(1.0)
    house.hub.channel.tend()
    assert not house.hub.channel.is_awake

    house.items = {"nas": item(n=2)}
    back = house.subscribe()
    ask(back, type="resume", epoch="e1", seq=2)
    _hello, answer = frames(back, 2)
    assert (answer["type"], answer["seq"]) == ("snapshot", 3)
    assert answer["servers"] == {"nas": {"n": 2}}


def test_a_client_that_lags_gets_a_snapshot_and_each_alert_that_it_missed(house: House) -> None:
    house.items = {"nas": item(n=0)}
    slow = subscribed(house, SMALL_BUFFER)
    house.hub.channel.publish({"nas": item(n=1, filler=LARGE)})
    house.hub.channel.announce(notice("before"))
    for n in range(2, 10):
        house.hub.channel.publish({"nas": item(n=n)})
    house.hub.channel.announce(notice("after"))
    house.hub.channel.publish({"nas": item(n=10)})

    got = frames(slow, 4)
    assert [each["type"] for each in got] == ["delta", "alert", "snapshot", "alert"]
    # Who goes on from here is told of the alert that follows.
    assert [each["seq"] for each in got] == [2, 3, 3, 12]
    assert got[2]["servers"] == {"nas": {"n": 10}}
    assert [each["event_id"] for each in got[2]["alerts"]] == ["after", "before"]
    house.hub.channel.publish({"nas": item(n=11)})
    assert frames(slow, 1)[0]["servers"] == {"nas": {"n": 11}}


def test_an_alert_too_many_closes_a_client_that_lags(build_house: BuildHouse) -> None:
    house = build_house(Limits(max_pending_events=1))
    house.items = {"nas": item(n=0)}
    slow = subscribed(house, SMALL_BUFFER)
    house.hub.channel.publish({"nas": item(n=1, filler=LARGE)})
    house.hub.channel.announce(notice("one"))
    house.hub.channel.announce(notice("two"))

    assert [each["seq"] for each in frames(slow, 2)] == [2, 3]
    close = slow.frame()
    assert close is not None
    assert (close.opcode, close.code) == (CLOSE, 1013)


def test_with_an_interval_changes_are_gathered_and_an_alert_brings_them_along(house: House) -> None:
    house.items = {"nas": item(n=0), "mail": item(n=0)}
    peer = subscribed(house, min_interval_seconds=10)
    for n in (1, 2):
        house.hub.channel.publish({"nas": item(n=n)})
    assert house.hub.channel.tend() == 10.0
    house.clock.advance(10.0)
    assert house.hub.channel.tend() is None
    house.hub.channel.publish({"nas": item(n=3)})
    house.hub.channel.publish({"mail": item(n=1)})
    house.hub.channel.announce(notice())

    got = frames(peer, 3)
    assert [(each["type"], each["seq"]) for each in got] == [
        ("delta", 3),
        ("delta", 5),
        ("alert", 6),
    ]
    assert got[0]["servers"] == {"nas": {"n": 2}}
    assert got[1]["servers"] == {"nas": {"n": 3}, "mail": {"n": 1}}


def test_a_server_that_leaves_a_view_is_gone_from_it_with_its_alerts(house: House) -> None:
    house.items = {"nas": item(n=0), "mail": item(n=0)}
    berlin = subscribed(house, view=BERLIN, min_interval_seconds=3600)
    linz = subscribed(house, view=LINZ)
    house.hub.channel.announce(notice())
    assert frames(berlin, 1)[0]["type"] == "alert"
    house.hub.channel.publish({"nas": item(LINZ, n=1), "mail": item(LINZ, n=1)})
    house.hub.channel.announce(notice(is_active=False))
    house.hub.channel.publish({"mail": item(n=1)})

    assert [each["servers"] for each in frames(berlin, 2)] == [{}, {"mail": {"n": 1}}]
    got = frames(linz, 3)
    assert [each["type"] for each in got] == ["snapshot", "alert", "delta"]
    assert [one["event_id"] for one in got[0]["alerts"]] == ["a"]
    assert got[2]["servers"] == {"mail": None}


def test_a_mistake_is_answered_and_the_connection_goes_on(house: House) -> None:
    house.items = {"nas": item(n=0)}
    peer = subscribed(house)
    ask(peer, type="unsubscribe")
    assert frames(peer, 1)[0] == {
        "type": "error",
        "epoch": "e1",
        "seq": 1,
        "code": "unknown_type",
        "message": "The type of a message is subscribe or resume.",
    }
    house.hub.channel.publish({"nas": item(n=1)})
    assert frames(peer, 1)[0]["seq"] == 2


def test_what_waits_for_many_with_an_interval_is_worked_out_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def counting(before: Any, after: Any) -> dict[str, Any]:
        compared.append(after["n"])
        return diff(before, after)

    house.items = {"nas": item(n=0)}
    peers = [subscribed(house, min_interval_seconds=seconds) for seconds in (10, 20, 30)]
    monkeypatch.setattr("monserv.stream.entries.diff", counting)
    house.hub.channel.publish({"nas": item(n=1)})
    house.hub.channel.publish({"nas": item(n=2)})
    house.clock.advance(30.0)
    house.hub.channel.tend()

    assert [frames(peer, 1)[0]["servers"] for peer in peers] == [{"nas": {"n": 2}}] * 3
    assert compared == [1, 2, 2]


def test_what_is_too_much_to_remember_for_an_interval_is_told_by_a_snapshot(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.stream.intervals.MAX_BEFORES", 2)
    house.items = {"nas": item(n=0), "mail": item(n=0)}
    first = subscribed(house, min_interval_seconds=10)
    second = subscribed(house, min_interval_seconds=20)
    house.hub.channel.publish({"nas": item(n=1), "mail": item(n=1)})
    house.hub.channel.publish({"nas": None})
    house.clock.advance(20.0)
    house.hub.channel.tend()
    house.hub.channel.publish({"mail": item(n=2)})
    house.clock.advance(20.0)
    house.hub.channel.tend()

    deltas = [{"nas": None, "mail": {"n": 1}}, {"mail": {"n": 2}}]
    assert [each["servers"] for each in frames(first, 2)] == deltas
    snapshot, delta = frames(second, 2)
    assert (snapshot["type"], snapshot["servers"]) == ("snapshot", {"mail": {"n": 1}})
    assert (delta["type"], delta["servers"]) == ("delta", {"mail": {"n": 2}})


def test_who_is_told_by_a_snapshot_leaves_its_room_to_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.stream.intervals.MAX_BEFORES", 5)
    names = ("a", "b", "c", "d", "e")
    house.items = {name: item(n=0) for name in names}
    first = subscribed(house, min_interval_seconds=10)
    second = subscribed(house, min_interval_seconds=20)
    house.hub.channel.publish({name: item(n=1) for name in names[:2]})
    # Two servers each are remembered, and for three more there is room once.
    house.hub.channel.publish({name: item(n=1) for name in names[2:]})
    waiting = house.hub.channel._intervals._pending.values()
    assert sorted((each.is_whole, len(each.befores)) for each in waiting) == [(False, 5), (True, 0)]
    house.hub.channel.publish({"f": item(n=1)})
    assert [each.is_whole for each in waiting] == [True, True]
    house.clock.advance(20.0)
    house.hub.channel.tend()
    assert [frames(peer, 1)[0]["type"] for peer in (first, second)] == ["snapshot"] * 2


class _Counted(dict[str, Item | None]):
    counts = 0

    def __len__(self) -> int:
        _Counted.counts += 1
        return super().__len__()


def test_what_is_remembered_for_many_with_an_interval_is_counted_once_a_change(
    house: House,
) -> None:
    house.items = {"nas": item(n=0)}
    for number in range(20):
        subscribed(house, min_interval_seconds=10 + number)
    for pending in house.hub.channel._intervals._pending.values():
        pending.befores = _Counted()
    _Counted.counts = 0
    house.hub.channel.publish({"nas": item(n=1)})
    assert 20 <= _Counted.counts <= 20 * 6


def test_others_have_their_turn_while_many_different_subscriptions_are_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = []
    monkeypatch.setattr("monserv.stream.channel.give_way", lambda: turns.append(True))
    house.items = {"nas": item(n=0)}
    peers = [subscribed(house, servers=["nas", str(number)]) for number in range(7)]
    house.hub.channel.publish({"nas": item(n=1)})
    assert turns == []
    peers += [subscribed(house, servers=["nas", str(number)]) for number in range(7, 16)]
    house.hub.channel.publish({"nas": item(n=2)})
    assert turns == [True, True]
    assert frames(peers[15], 1)[0]["servers"] == {"nas": {"n": 2}}


def test_there_is_an_end_to_different_subscriptions_and_the_one_before_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.stream.audiences.MAX_SELECTIONS", 2)
    house.items = {"nas": item(n=0)}
    _first, second = subscribed(house, servers=["nas"]), subscribed(house, servers=["mail"])
    ask(second, type="subscribe", servers=["other"])
    assert frames(second, 1)[0]["code"] == "too_many_subscriptions"
    ask(second, type="subscribe", servers=["nas"])
    assert frames(second, 1)[0]["servers"] == {"nas": {"n": 0}}
    house.hub.channel.publish({"nas": item(n=1)})
    assert frames(second, 1)[0]["servers"] == {"nas": {"n": 1}}
    # What an account is limited to is no subscription that anybody thought of.
    assert frames(house.subscribe(), 2)[1]["type"] == "snapshot"


def test_one_credential_leaves_different_subscriptions_to_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monserv.stream.audiences.MAX_SELECTIONS_EACH", 2)
    house.items = {"nas": item(n=0)}
    subscribed(house, credential="a", servers=["nas"])
    second = subscribed(house, credential="a", servers=["mail"])
    # One for another is not one more.
    ask(second, type="subscribe", servers=["other"])
    assert frames(second, 1)[0]["type"] == "snapshot"
    third = subscribed(house, credential="a", servers=["nas"])
    ask(third, type="subscribe", servers=["third"])
    assert frames(third, 1)[0]["code"] == "too_many_subscriptions"
    subscribed(house, credential="b", servers=["third"])
    for name in ("fourth", "fifth", "sixth"):
        subscribed(house, servers=[name])


def test_equal_subscriptions_are_one_in_memory_until_the_last_of_them_ends(house: House) -> None:
    wanted = [f"server-{number}" for number in range(500)]
    peers = [subscribed(house, servers=wanted) for _ in range(2)]
    (one, other) = (client.selection for client in house.hub.places)  # type: ignore[union-attr] -- they are subscribers
    assert one is other

    for peer in peers:
        peer.sock.close()
    assert eventually(house.is_empty)
    assert house.hub.channel._audiences._selections == {}


def test_those_who_come_at_once_share_a_large_snapshot_and_get_what_changed_since(
    house: House,
) -> None:
    house.items = {"nas": item(n=0, filler=LARGE)}
    first = house.subscribe()
    ask(first, type="subscribe")
    one = [frames(first, 2)[1]]
    house.hub.channel.publish({"nas": item(n=1, filler=LARGE)})
    one += frames(first, 1)
    second = house.subscribe()
    ask(second, type="subscribe")
    assert frames(second, 3)[1:] == one

    # Nobody new is told of an alert as if it was new.
    house.hub.channel.announce(notice())
    third = house.subscribe()
    ask(third, type="subscribe")
    snapshot = frames(third, 2)[1]
    assert (snapshot["seq"], len(snapshot["alerts"])) == (3, 1)
    # Nor does a seq ever go back.
    house.hub.channel.publish({"nas": item(n=2, filler=LARGE)})
    ask(third, type="subscribe")
    assert [(each["type"], each["seq"]) for each in frames(third, 2)] == [
        ("delta", 4),
        ("snapshot", 4),
    ]


def test_a_snapshot_for_which_there_is_no_room_comes_later_and_is_the_newest(house: House) -> None:
    house.items = {"nas": item(n=0)}
    house.hub.channel._starts._max_bytes = 0
    peer = house.subscribe()
    ask(peer, type="subscribe")
    assert eventually(lambda: house.hub.traffic().queued == 1)
    house.hub.channel.publish({"nas": item(n=1)})
    house.hub.channel.announce(notice())
    assert frames(peer, 1)[0]["type"] == "hello"
    peer.send(masked(PING, b"?"))
    pong = peer.frame()
    assert pong is not None
    assert pong.opcode == PONG

    house.hub.channel._starts._max_bytes = 1
    snapshot, alert = frames(peer, 2)
    assert (snapshot["servers"], alert["type"]) == ({"nas": {"n": 1}}, "alert")
    # It was there before the alert.
    assert (snapshot["seq"], alert["seq"]) == (1, 3)
    house.hub.channel.publish({"nas": item(n=2)})
    assert frames(peer, 1)[0]["servers"] == {"nas": {"n": 2}}


def test_who_waits_for_room_for_too_long_is_told_to_come_again(build_house: BuildHouse) -> None:
    house = build_house(Limits(frame_seconds=0.2), clock=SystemClock())
    house.hub.channel._starts._max_bytes = 0
    peer = house.subscribe()
    ask(peer, type="subscribe")
    assert frames(peer, 1)[0]["type"] == "hello"
    close = peer.frame()
    assert close is not None
    assert (close.opcode, close.code) == (CLOSE, 1013)


def test_a_snapshot_is_made_once_for_all_who_come_while_nothing_changes(house: House) -> None:
    house.items = {"nas": item(n=0)}
    ledger = house.ledger
    subscribed(house)
    first = ledger.snapshot(Selection())
    subscribed(house)
    assert ledger.snapshot(Selection()) is first
    house.hub.channel.announce(notice())
    assert ledger.snapshot(Selection()) is not first
    for number in range(200):
        ledger.snapshot(Selection(servers=frozenset({str(number)})))
    assert len(ledger._snapshots) <= 64
    # Nor do they take more than a few large ones.
    house.hub.channel.publish({"nas": item(n=1, filler="x" * 2**20)})
    for number in range(60):
        ledger.snapshot(Selection(fields=("filler", str(number))))
    assert sum(map(len, ledger._snapshots.values())) < 34 * 2**20


def test_alerts_that_are_found_late_come_with_a_snapshot_and_nobody_goes_on_from_before(
    house: House,
) -> None:
    house.items = {"nas": item(n=0), "mail": item(LINZ, n=0)}
    peer = subscribed(house, min_interval_seconds=10)
    linz = subscribed(house, view=LINZ)
    house.hub.channel.publish({"nas": item(n=1)})
    house.hub.channel.adopt([notice("a")])
    for each, alerts in ((peer, ["a"]), (linz, [])):
        (snapshot,) = frames(each, 1)
        assert [one["event_id"] for one in snapshot["alerts"]] == alerts
    assert house.hub.channel.tend() is None

    house.hub.channel.publish({"nas": item(n=2)})
    house.hub.channel.adopt([notice("a")])
    house.clock.advance(10.0)
    house.hub.channel.tend()
    assert frames(peer, 1)[0]["servers"] == {"nas": {"n": 2}}
    back = house.subscribe()
    ask(back, type="resume", epoch="e1", seq=2)
    assert [each["type"] for each in frames(back, 2)] == ["hello", "snapshot"]


def test_requests_without_end_are_closed_1008(house: House) -> None:
    peer = house.subscribe()
    for _ in range(21):
        ask(peer, type="subscribe")
    got = peer.frames()
    assert [each.opcode for each in got] == [TEXT] * 21 + [CLOSE]
    assert got[-1].code == 1008


def test_a_request_may_have_16_kib_and_no_more(house: House) -> None:
    peer = subscribed(house)
    peer.send(masked(TEXT, b" " * (16 * 1024 - 20) + b'{"type":"subscribe"}'))
    assert frames(peer, 1)[0]["type"] == "snapshot"
    peer.send(masked(TEXT, b" " * (16 * 1024 + 1)))
    close = peer.frame()
    assert close is not None
    assert (close.opcode, close.code) == (CLOSE, 1009)


def test_a_revoked_credential_ends_a_subscription_too(house: House) -> None:
    peer = house.subscribe(credential="token")
    assert frames(peer, 1)[0]["type"] == "hello"
    house.hub.drop(lambda credential: credential == "token")
    close = [each for each in peer.frames() if each.opcode == CLOSE]
    assert [each.code for each in close] == [1008]
    peer.sock.close()
    assert eventually(house.is_empty)


def test_over_a_network_stalled_readers_included_every_state_ends_as_a_new_snapshot(
    house: House,
) -> None:
    house.pair = far_away
    house.items = {"nas": item(n=0, filler=LARGE)}
    peers = [
        *(house.subscribe(SMALL_BUFFER) for _ in range(3)),
        *(house.subscribe() for _ in "12345"),
    ]
    mirrors = [Mirror(Selection()) for _ in peers]
    for peer, mirror in zip(peers, mirrors, strict=True):
        ask(peer, type="subscribe")
        read_until(peer, mirror, lambda mirror: bool(mirror.servers))
    # The first three do not read while all of this happens.
    readers = [
        threading.Thread(target=read_until, args=(*each, knows_the_end))
        for each in list(zip(peers, mirrors, strict=True))[3:]
    ]
    for reader in readers:
        reader.start()
    for n in range(1, 60):
        house.hub.channel.publish({"nas": item(n=n, filler=LARGE[:-n]), f"new {n}": item(n=n)})
        if n % 10 == 0:
            house.hub.channel.announce(notice(f"event {n}"))
    house.hub.channel.announce(notice("last"))
    for reader in readers:
        reader.join(30)
    for peer, mirror in list(zip(peers, mirrors, strict=True))[:3]:
        read_until(peer, mirror, knows_the_end)

    fresh = Mirror(Selection())
    read_until(house.subscribe(), fresh, lambda mirror: bool(mirror.servers))
    assert [mirror.knows() for mirror in mirrors] == [fresh.knows()] * 8
    assert [len(set(mirror.news)) for mirror in mirrors] == [6] * 8


class _Peeking:
    """The lock of all sockets, which looks around before somebody writes."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._lock = threading.Lock()
        self._look = look

    def __enter__(self) -> None:
        self._look()
        self._lock.acquire()

    def __exit__(self, *_error: object) -> None:
        self._lock.release()


@pytest.mark.parametrize("interval_seconds", [0.0, 60.0])
def test_who_lags_is_not_told_he_knows_what_is_being_told_just_now(
    house: House, interval_seconds: float
) -> None:
    # Else his seq would go back, were what he is being told dropped in the end.
    selection = Selection(min_interval_seconds=interval_seconds)
    house.items = {"nas": item(n=0)}
    peer = subscribed(house, min_interval_seconds=interval_seconds)
    channel = house.hub.channel
    (follower,) = channel._here
    assert follower.selection == selection
    looks: list[int] = []

    def look() -> None:
        fresh = channel.fresh(follower, 0, is_followed=False)
        assert fresh is not None
        looks.append(json.loads(fresh.start[fresh.start.index(b"{") :])["seq"])

    for forms in channel._audiences._audiences.values():
        for audience in forms.values():
            audience._writing = cast("threading.Lock", _Peeking(look))
    channel._audiences._writing = cast("threading.Lock", _Peeking(look))
    channel.publish({"nas": item(n=1)})
    channel.announce(notice())
    assert [each["seq"] for each in frames(peer, 2)] == [2, 3]
    # Before the delta, and before the alert.
    assert looks == [1, 1 if interval_seconds else 2]
    look()
    assert looks[2:] == [3]


def knows_the_end(mirror: Mirror) -> bool:
    return len(mirror.news) == 6 and mirror.servers["nas"]["n"] == 59


def read_until(peer: Peer, mirror: Mirror, is_enough: Callable[[Mirror], bool]) -> None:
    while not is_enough(mirror):
        mirror.read(peer.texts(1)[0])
