"""Who is told what of a ledger, and when.

Three locks, taken in this order: what all clients are sent is ordered by one, their sockets
share another, and the ledger's is the innermost, since a socket that is free again asks
for a snapshot.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

from monserv.clock import Clock, give_way
from monserv.stream.audience import Follower
from monserv.stream.audiences import Audiences, Told
from monserv.stream.backlog import Fresh
from monserv.stream.entries import Change, Item, News, Notice
from monserv.stream.fanout import start_drainers
from monserv.stream.intervals import Intervals
from monserv.stream.requests import Mistake, Resume
from monserv.stream.selection import Selection
from monserv.stream.starts import Start, Starts
from monserv.stream.turns import Turns
from monserv.stream.v2 import Deltas, Ledger, Opening, Steps

# Those who come back within this time find what they missed.
KEEP_SECONDS = 300.0
# What so many are told of a thousand servers takes some 50 milliseconds.
_SELECTIONS_AT_ONCE = 8


class Channel:
    """The audiences of one ledger.

    ``order`` is the lock that orders all that is sent, ``writing`` that of the sockets.
    ``load`` returns all servers as they are now; it is called when a first follower
    comes, and from then on the channel is to be told of each change. ``turns`` are for
    those who ask.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        order: threading.Lock,
        writing: threading.Lock,
        *,
        load: Callable[[], Mapping[str, Item]],
        interval_seconds: float,
        version: str,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._order = order
        self._load = load
        self._interval_seconds = interval_seconds
        self._version = version
        self._book = threading.Lock()
        self._starts = Starts(clock)
        self._audiences = Audiences(writing)
        self.turns = Turns()
        self._intervals = Intervals()
        # What those who are being told something know for sure until they have it.
        self._known: Mapping[Selection, int] = {}
        self._here: set[Follower] = set()
        self._left_at = clock.monotonic()

    @property
    def is_awake(self) -> bool:
        """Whether it has to be told of changes."""
        return self._ledger.is_awake

    def adopt(self, notices: Iterable[Notice]) -> None:
        """Take in alerts that were active before the process began."""
        with self._order:
            with self._book:
                told = self._all_anew() if self._ledger.adopt(notices) else []
                self._known = _known_before(told)
            slow = self._send(told)
        start_drainers(slow)

    def publish(self, items: Mapping[str, Item | None]) -> None:
        """Tell the followers how servers are now; ``None`` is one that is gone."""
        with self._order:
            now = self._clock.monotonic()
            with self._book:
                change = self._ledger.change(items, now)
                told = [] if change is None else self._told(change, now)
                self._known = _known_before(told)
            slow = self._send(told)
        start_drainers(slow)

    def announce(self, notice: Notice) -> None:
        """Tell those who may hear of it that an alert was raised or recovered."""
        with self._order:
            now = self._clock.monotonic()
            with self._book:
                selections = self._intervals.selections()
                waiting = [one for one in selections if self._ledger.shows(notice, one)]
                # Its seq says that its readers know what came before it.
                made: Steps = {}
                told = [each for one in waiting for each in self._flushed(one, now, made)]
                unaware = dict.fromkeys(self._audiences.selections(), self._ledger.seq)
                self._known = {**unaware, **_known_before(told)}
                news = self._ledger.news(notice, now)
            slow = self._send(told, news)
        start_drainers(slow)

    def tend(self) -> float | None:
        """Tell what is due; return in how many seconds something will be.

        Who has long had no followers is told of no more changes.
        """
        with self._order:
            now = self._clock.monotonic()
            with self._book:
                made: Steps = {}
                due = self._intervals.due(now)
                told = [each for one in due for each in self._flushed(one, now, made)]
                self._known = _known_before(told)
                if self.is_awake and not self._here and now - self._left_at >= KEEP_SECONDS:
                    self._ledger.rest()
                wait_seconds = self._intervals.wait_seconds(now)
            slow = self._send(told)
        start_drainers(slow)
        return wait_seconds

    def welcome(self, follower: Follower) -> bool:
        """Greet a new client. Requires the order; return as ``ClientSocket.send_*`` do."""
        self._here.add(follower)
        with self._book:
            if not self._ledger.is_awake:
                self._ledger.wake(self._load)
            hello = self._ledger.hello(self._interval_seconds, self._version)
        return follower.socket.send_event(follower.socket.form.aside(hello))

    def leave(self, follower: Follower) -> None:
        """Forget a client that is gone, greeted or not. Requires the order."""
        self._here.discard(follower)
        self._left_at = self._clock.monotonic()
        self._unfollow(follower)

    def follow(self, follower: Follower, selection: Selection) -> None:
        """Give a client another selection, and a snapshot; raises ``Mistake``."""
        with self._order:
            slow = [*self._enter(follower, selection), *self._send_whole(follower)]
        start_drainers(slow)

    def resume(self, follower: Follower, asked: Resume) -> None:
        """Tell a client what it missed, or everything; raises ``Mistake``."""
        with self._order:
            follower.is_new = follower.is_new and asked.epoch != self._ledger.epoch
            slow = self._enter(follower, asked.selection)
            with self._book:
                missed = self._ledger.since(asked.epoch, asked.seq, asked.selection)
            if missed is None:
                slow += self._send_whole(follower)
            else:
                slow += self._send_missed(follower, missed, asked.seq)
        start_drainers(slow)

    def complain(self, follower: Follower, mistake: Mistake) -> None:
        """Tell a client what is wrong with what it said."""
        with self._book:
            payload = self._ledger.error(mistake.code, str(mistake))
        if follower.socket.send_event(follower.socket.form.aside(payload)):
            follower.socket.start_drainer()

    def fresh(self, follower: Follower, seq: int, *, is_followed: bool) -> Fresh | None:
        """Return what brings one up to date, as for ``Reader``; callable from a socket."""
        started = self._start(follower, seq, is_followed=is_followed)
        if started is None:
            return None
        start, deltas = started
        message = follower.socket.form.message
        return Fresh(start, [(message(delta), before) for delta, before in deltas])

    def _start(
        self, follower: Follower, seq: int, *, is_followed: bool
    ) -> tuple[Start, Deltas] | None:
        """Return a framed snapshot, the same one for all who may have it, and what follows it."""
        form, selection = follower.socket.form, follower.selection
        selection = selection or Selection(follower.visitor.view)
        with self._book:
            since, befores = self._known_to(selection, seq if is_followed else None)
            opening = None
            if since is None:
                opening = self._ledger.begun(selection, 0 if follower.is_new else seq)
            now = self._ledger.seq if opening is None else opening.seq
            key = form, selection, now, since, bool(befores)
            start = self._starts.find(key)
            if start is None and not self._starts.has_room():
                return None
            if opening is None:
                opening = (
                    self._ledger.begin(selection)
                    if since is None
                    else Opening(now, self._ledger.snapshot_since(selection, since, befores))
                )
        # To compress a long one takes a while, in which the ledger is free.
        if start is None:
            start = self._starts.add(key, form.framed(opening.snapshot))
        return start, opening.deltas

    def _known_to(
        self, selection: Selection, seq: int | None
    ) -> tuple[int | None, Mapping[str, Item | None]]:
        """Return from where on a selection's readers are told the rest, if not from now on.

        With it come the servers of which they are told then. ``seq`` is what one of them
        knows, where that matters. Requires the book.
        """
        # What was not told yet it is told with the others of its audience.
        told_until, befores = self._intervals.befores(selection) or (None, {})
        known = (seq, self._known.get(selection), told_until)
        return min((one for one in known if one is not None), default=None), befores

    def _enter(self, follower: Follower, selection: Selection) -> list[Follower]:
        """Move a client to another audience, which is told first what waits for it.

        So all who follow are at the same point. Requires the order; raises ``Mistake``.
        """
        self._audiences.refuse_too_many(follower, selection)
        self._unfollow(follower)
        now = self._clock.monotonic()
        with self._book:
            told = self._flushed(selection, now, {})
            self._known = _known_before(told)
            self._intervals.begin(selection, now)
        slow = self._send(told)
        self._audiences.join(follower, selection)
        return slow

    def _send(self, told: Iterable[Told], news: News | None = None) -> list[Follower]:
        """Send what was made. Requires the order."""
        slow = self._audiences.send(told)
        if news is not None:
            slow += self._audiences.send_news(news)
        self._known = {}
        return slow

    def _unfollow(self, follower: Follower) -> None:
        selection = self._audiences.leave(follower)
        if selection is not None and not self._audiences.has(selection):
            with self._book:
                self._intervals.end(selection)

    def _told(self, change: Change, now: float) -> list[Told]:
        """Return what is told of a change. Requires both locks."""
        told: list[Told] = []
        made: Steps = {}
        room = self._intervals.room()
        for number, selection in enumerate(self._audiences.selections()):
            if number % _SELECTIONS_AT_ONCE == _SELECTIONS_AT_ONCE - 1:
                give_way()
            is_whole = change.moves_alerts(selection)
            pending = self._intervals.get(selection)
            if pending is None:
                payload = self._ledger.update(change.steps, selection, is_whole=is_whole)
                told.append(Told(selection, payload, change.seq - 1, is_whole))
                continue
            room -= pending.note(change, room)
            if is_whole or change.flips(selection) or pending.is_due(now):
                told += self._flushed(selection, now, made, is_whole=is_whole)
        return told

    def _all_anew(self) -> list[Told]:
        """Return a snapshot for each selection, and nothing waits. Requires both locks."""
        self._intervals.clear()
        seq = self._ledger.seq
        return [
            Told(one, self._ledger.snapshot(one), seq, is_start=True)
            for one in self._audiences.selections()
        ]

    def _flushed(
        self, selection: Selection, now: float, made: Steps, *, is_whole: bool = False
    ) -> list[Told]:
        """Return what an audience was not told yet. Requires both locks."""
        pending = self._intervals.take(selection, now)
        if pending is None:
            return []
        befores = pending.befores.items()
        steps = {name: self._ledger.step(name, before, made) for name, before in befores}
        is_whole = is_whole or pending.is_whole
        payload = self._ledger.update(steps, selection, is_whole=is_whole)
        return [Told(selection, payload, pending.seq, is_whole)]

    def _send_whole(self, follower: Follower) -> list[Follower]:
        """Send one client everything that it selects. Requires the order."""
        seq = self._ledger.seq
        # Made here, while no socket waits for it; there it is found.
        self._start(follower, seq, is_followed=False)
        return [follower] if follower.socket.send_start(seq, follower) else []

    def _send_missed(self, follower: Follower, missed: Iterable[bytes], seq: int) -> list[Follower]:
        """Send one client what was told after ``seq``. Requires the order."""
        send, message = follower.socket.send_step, follower.socket.form.message
        needs_drainer = [send(message(payload), seq, follower) for payload in missed]
        return [follower] if any(needs_drainer) else []


def _known_before(told: Iterable[Told]) -> dict[Selection, int]:
    return {one.selection: one.seq for one in told if one.payload is not None}
