"""The newest state as bytes: encoded when it changed, once for all who see the same."""

from __future__ import annotations

from monserv.clock import ManualClock
from monserv.feed import MAX_VIEWS, Feed
from monserv.model.snapshot import Snapshot
from monserv.state import State
from tests.samples import START, polled, sample, server

EVERYTHING: frozenset[str] = frozenset()
BERLIN = frozenset({"berlin"})


class World:
    """A feed that names the servers that it shows, and notes what it encodes."""

    def __init__(self) -> None:
        self.state = State((server("nas", ("berlin",)), server("mail", ("linz",))), START)
        self.clock = ManualClock(START)
        self.encoded: list[bytes] = []
        self.feed = Feed(self.state, self.encode, self.clock)

    def encode(self, snapshot: Snapshot) -> bytes:
        self.encoded.append(" ".join(snapshot.servers).encode())
        return self.encoded[-1]


def test_each_view_is_encoded_once_while_nothing_changes() -> None:
    world = World()
    shown = [world.feed.message(view) for view in (EVERYTHING, BERLIN, EVERYTHING, BERLIN)]
    assert shown == [b"nas mail", b"nas"] * 2
    assert world.encoded == [b"nas mail", b"nas"]


def test_what_changed_is_encoded_anew_for_each_view() -> None:
    world = World()
    for _ in range(2):
        world.feed.message(EVERYTHING)
        world.feed.message(BERLIN)
        world.state.put(polled(sample()), ())
    assert world.encoded == [b"nas mail", b"nas"] * 2


def test_views_without_end_do_not_fill_the_memory() -> None:
    world = World()
    for number in range(3 * MAX_VIEWS):
        world.feed.message(frozenset({str(number)}))
    assert len(world.feed._held) == MAX_VIEWS
