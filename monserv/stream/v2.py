"""``monserv.v2``: what is true, what is told of it, and what was missed.

No I/O, no lock, no clock and no domain type. A ``Ledger`` gives each change and each
alert the next ``seq`` and remembers the last ones, so that who comes back is told exactly
those. What a client sees is its ``Selection``; clients with equal ones get the very same
bytes.

A delta may be applied twice, or to a state that has it already: merge patches set
values, they add nothing. So the ``seq`` of a frame is a promise that its reader knows
everything up to it, and may know more.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from monserv.stream.entries import Change, Item, Move, News, Notice, Step
from monserv.stream.ring import Ring
from monserv.stream.selection import Selection, Tags
from monserv.wire.encoding import encode

# A longer replay than this costs a client more than a snapshot does; and so much is read for
# one, whatever little of it is told, since others wait meanwhile.
MAX_REPLAY_BYTES = 1024 * 1024
# A snapshot of this size is sent again as it was, with what changed since, as long as that
# is a small part of it: a thousand clients that come back at once share it.
LARGE_BYTES = 64 * 1024
MOST_PART = 8
_MAX_LARGE = 8
_MAX_SNAPSHOTS = 64
_MAX_KEPT_BYTES = 32 * 1024 * 1024

# Steps by server and by what it was, so that all who were told the same before share them.
Steps = dict[tuple[str, Item | None], Step]
# Each with the seq before it.
Deltas = Sequence[tuple[bytes, int]]


class Opening(NamedTuple):
    """A snapshot of ``seq``, and the deltas that follow it."""

    seq: int
    snapshot: bytes
    deltas: Deltas = ()


class Ledger:
    """What is true at ``seq``, and how that came about; whoever shares it brings a lock.

    It sleeps until it is woken with all servers, and remembers only alerts then.
    All times are monotonic seconds.
    """

    def __init__(
        self, epoch: str, *, large_bytes: int = LARGE_BYTES, most_part: int = MOST_PART
    ) -> None:
        self.epoch = epoch
        self._large_bytes = large_bytes
        self._most_part = most_part
        self.seq = 0
        self.is_awake = False
        self._items: dict[str, Item] = {}
        self._alerts: dict[str, Notice] = {}
        self._ring = Ring()
        # Snapshots that are still true, and large ones that were.
        self._snapshots: dict[Selection, bytes] = {}
        self._large: dict[Selection, tuple[int, bytes]] = {}

    def wake(self, load: Callable[[], Mapping[str, Item]]) -> None:
        """Begin with the servers that ``load`` returns; what changes meanwhile is told later.

        What happened since the last rest is unknown, so that takes a number, too.
        """
        self.is_awake = True
        self._items = dict(load())
        self._moves(self._items)
        self.seq += 1
        self._forget()

    def rest(self) -> None:
        """Keep nothing but alerts, until woken."""
        self.is_awake = False
        self._items = {}
        self._forget()

    def change(self, items: Mapping[str, Item | None], now: float) -> Change | None:
        """Take in how servers are now, ``None`` for one that is gone; return what changed."""
        if not self.is_awake:
            return None
        befores = {server_id: self._items.get(server_id) for server_id in items}
        steps = {name: Step(befores[name], item) for name, item in items.items()}
        steps = {name: step for name, step in steps.items() if not step.is_idle()}
        for server_id, item in items.items():
            if item is None:
                self._items.pop(server_id, None)
            elif server_id in steps or befores[server_id] is None:
                self._items[server_id] = item
        if not steps:
            return None
        self.seq += 1
        # Of most changes no tag is part, and then nobody else hears of alerts.
        moved = {name for name in steps if _is_moved(befores[name], items[name])}
        change = Change(self.seq, now, steps, self._moves(moved) if moved else ())
        self._remember(change)
        return replace(change, befores={name: befores[name] for name in steps})

    def adopt(self, notices: Iterable[Notice]) -> bool:
        """Take in alerts that are active already, the oldest first; return whether any is new.

        They are told to nobody as news, so nobody can go on from before.
        """
        unknown = [one for one in notices if one.event_id not in self._alerts]
        for one in unknown:
            self._alerts[one.event_id] = replace(one, tags=self._tags(one))
        if unknown and self.is_awake:
            self.seq += 1
            self._forget()
        return bool(unknown)

    def news(self, notice: Notice, now: float) -> News | None:
        """Take in an alert that was raised or recovered; return what is told, when awake."""
        notice = replace(notice, tags=self._tags(notice))
        if notice.is_active:
            self._alerts[notice.event_id] = notice
        else:
            self._alerts.pop(notice.event_id, None)
        self._outdate()
        if not self.is_awake:
            return None
        self.seq += 1
        payload = b'%s,"alert_type":%s,"alert":%s}' % (
            self._head("alert"),
            encode(notice.kind),
            notice.document,
        )
        news = News(self.seq, now, notice.server_id, notice.tags, payload)
        self._remember(news)
        return news

    def hello(self, interval_seconds: float, version: str) -> bytes:
        """Return the first frame of a connection."""
        more = encode({"interval_seconds": interval_seconds, "version": version})
        return self._head("hello") + b"," + more[1:]

    def error(self, code: str, message: str) -> bytes:
        """Return the answer to what was no request."""
        return self._head("error") + b"," + encode({"code": code, "message": message})[1:]

    def snapshot(self, selection: Selection) -> bytes:
        """Return everything that a selection sees; the same object until something changes."""
        if (snapshot := self._snapshots.get(selection)) is None:
            snapshot = self._head("snapshot") + self._body(selection, self._items)
            if len(self._snapshots) >= _MAX_SNAPSHOTS or self._kept_bytes() >= _MAX_KEPT_BYTES:
                self._snapshots.clear()
            self._snapshots[selection] = snapshot
        return snapshot

    def snapshot_since(
        self, selection: Selection, seq: int, instead: Mapping[str, Item | None]
    ) -> bytes:
        """Return everything that a selection sees, for one that is to go on from ``seq``.

        ``instead`` are servers as they are to be shown, ``None`` for one that is not.
        """
        items = {**self._items, **instead} if instead else self._items
        return self._head("snapshot", seq) + self._body(selection, items)

    def begun(self, selection: Selection, least_seq: int) -> Opening | None:
        """Return a large snapshot that was true, not before ``least_seq``, and what changed since.

        ``None`` when there is none, or that is too much.
        """
        seq, snapshot = self._large.get(selection, (-1, b""))
        if seq < max(least_seq, 0):
            return None
        most_bytes = len(snapshot) // self._most_part
        deltas = self._missed(seq, selection, most_bytes, with_news=False)
        return None if deltas is None else Opening(seq, snapshot, deltas)

    def begin(self, selection: Selection) -> Opening:
        """Return everything that a selection sees; what is large is used for others, too."""
        self._large.pop(selection, None)
        snapshot = self.snapshot(selection)
        if len(snapshot) >= self._large_bytes:
            self._large[selection] = self.seq, snapshot
            if len(self._large) > _MAX_LARGE:
                del self._large[next(iter(self._large))]
        return Opening(self.seq, snapshot)

    def shows(self, notice: Notice, selection: Selection) -> bool:
        """Whether an alert is told to those with this selection."""
        if notice.server_id is None:
            return True
        return selection.selects(notice.server_id, self._tags(notice))

    def update(
        self, steps: Mapping[str, Step], selection: Selection, *, is_whole: bool = False
    ) -> bytes | None:
        """Return what is told of what changed until now; ``None`` for nothing.

        ``is_whole`` says that other alerts belong to the selection, which only a snapshot
        can tell.
        """
        if is_whole:
            return self.snapshot(selection)
        return self._delta(steps, selection, self.seq)

    def step(self, server_id: str, before: Item | None, made: Steps) -> Step:
        """Return how a server changed since it was ``before``; what is new is added to ``made``."""
        step = made.get((server_id, before))
        if step is None:
            step = made[server_id, before] = Step(before, self._items.get(server_id))
        return step

    def since(self, epoch: str, seq: int, selection: Selection) -> list[bytes] | None:
        """Return all that was told after ``seq``, in order.

        ``None`` when that is not known, or too much.
        """
        if epoch != self.epoch:
            return None
        missed = self._missed(seq, selection, MAX_REPLAY_BYTES, with_news=True)
        return None if missed is None else [payload for payload, _ in missed]

    def _missed(
        self, seq: int, selection: Selection, most_bytes: int, *, with_news: bool
    ) -> list[tuple[bytes, int]] | None:
        """Return what ``since`` does, each with the seq before it; alerts only if wanted."""
        if not self.is_awake or not self._ring.base <= seq <= self.seq:
            return None
        payloads: list[tuple[bytes, int]] = []
        read_bytes = 0
        for entry in self._ring.after(seq):
            if isinstance(entry, Change) and entry.is_lost_on(selection):
                return None
            if isinstance(entry, Change):
                read_bytes += entry.read_bytes(selection)
                if read_bytes > MAX_REPLAY_BYTES:
                    return None
            payload = self._replayed(entry, selection)
            if payload is None:
                continue
            payloads.append((payload, entry.seq - 1))
            most_bytes -= len(payload)
            if most_bytes < 0 or (isinstance(entry, News) and not with_news):
                return None
        return payloads

    def _replayed(self, entry: Change | News, selection: Selection) -> bytes | None:
        if isinstance(entry, News):
            return entry.payload if entry.is_for(selection) else None
        return self._delta(entry.steps, selection, entry.seq)

    def _delta(self, steps: Mapping[str, Step], selection: Selection, seq: int) -> bytes | None:
        told = [
            encode(server_id) + b":" + text
            for server_id, step in steps.items()
            if (text := self._told(server_id, step, selection)) is not None
        ]
        if not told:
            return None
        return b'%s,"servers":{%s}}' % (self._head("delta", seq), b",".join(told))

    def _told(self, server_id: str, step: Step, selection: Selection) -> bytes | None:
        before, after = step.before, step.after
        was_seen = before is not None and selection.selects(server_id, before)
        if after is None or not selection.selects(server_id, after):
            return b"null" if was_seen else None
        if was_seen or before is None:
            return step.patch(selection)
        return self._items[server_id].encoded(selection)

    def _body(self, selection: Selection, items: Mapping[str, Item | None]) -> bytes:
        # A line each, which no text within one can break: who has many can read some at a time.
        servers = b",\n".join(
            encode(server_id) + b":" + item.encoded(selection)
            for server_id, item in items.items()
            if item is not None and selection.selects(server_id, item.tags)
        )
        alerts = b",".join(
            one.document for one in reversed(self._alerts.values()) if self.shows(one, selection)
        )
        return b',"servers":{\n%s\n},"alerts":[%s],"resumed":false}' % (servers, alerts)

    def _moves(self, server_ids: Container[str]) -> tuple[Move, ...]:
        """Give the alerts of these servers the tags that those have now; return what changed."""
        moves: list[Move] = []
        for one in tuple(self._alerts.values()):
            if one.server_id is None or one.server_id not in server_ids:
                continue
            if (tags := self._tags(one)) != one.tags:
                moves.append(Move(one.server_id, one.tags, tags))
                self._alerts[one.event_id] = replace(one, tags=tags)
        return tuple(moves)

    def _tags(self, notice: Notice) -> Tags:
        """Return the tags that say who may hear of an alert: the server's own, or its last ones.

        What was told to some is told to them again, also when its server is gone.
        """
        item = None if notice.server_id is None else self._items.get(notice.server_id)
        if item is not None and item.identity == notice.identity:
            return item.tags
        return self._alerts.get(notice.event_id, notice).tags

    def _head(self, kind: str, seq: int | None = None) -> bytes:
        """Return how each frame begins, without its end."""
        seq = self.seq if seq is None else seq
        return b'{"type":"%s","epoch":"%s","seq":%d' % (kind.encode(), self.epoch.encode(), seq)

    def _remember(self, entry: Change | News) -> None:
        self._ring.add(entry)
        self._outdate()

    def _forget(self) -> None:
        self._ring.begin(self.seq)
        self._outdate()
        self._large.clear()

    def _kept_bytes(self) -> int:
        return sum(map(len, self._snapshots.values()))

    def _outdate(self) -> None:
        """Forget the snapshots that were true until now."""
        self._snapshots.clear()


def _is_moved(before: Item | None, after: Item | None) -> bool:
    """Whether others may hear of a server's alerts now, or they are another machine's."""
    if before is None or after is None:
        return True
    return before.tags != after.tags or before.identity != after.identity
