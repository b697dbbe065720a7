"""Everything that tells people, as one: channels, outbox, couriers, and the test of a channel."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from monserv.clock import Clock
from monserv.db import outbox as queries
from monserv.db import preferences
from monserv.db.engine import Database
from monserv.model.alert import Transition
from monserv.model.channel import ChannelInfo, ChannelTest
from monserv.model.delivery import DeliveryPage, DeliveryQuery
from monserv.model.settings import Settings
from monserv.model.telling import Telling
from monserv.notify import message, routing
from monserv.notify.channels.shape import Channel
from monserv.notify.courier import Courier, attempt
from monserv.notify.outbox import Outbox
from monserv.notify.preferences import NAME, read, written
from monserv.notify.tidying import Tidier
from monserv.offload import bound

READ_SECONDS = 5.0
WRITE_SECONDS = 5.0
BUSY = "a test is under way already; wait for its end"


class Notifier:
    """Tells people through every channel that the settings name.

    ``names`` are the channels for which each transition gets a row in the outbox.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        is_broken: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._link = message.link(settings.api_host)
        channels = routing.channels(settings.notify)
        self.channels: tuple[ChannelInfo, ...] = tuple(one.info for one in channels)
        self.names = tuple(info.name for info in self.channels)
        self._outbox = Outbox(database, self.names, clock, is_broken, self._load)
        self._tidier = Tidier(database, clock, settings.deliveries_days, is_broken)
        self._telling: Telling | None = None
        self._changing = threading.Lock()
        self._trials = {one.info.name: _Test(one, clock, self._link) for one in channels}
        self._couriers = [
            Courier(one, number, self._outbox, clock=clock, random=random.random, link=self._link)
            for number, one in enumerate(channels, 1)
        ]
        self._lock = threading.Lock()
        self._started = False

    def start(self) -> None:
        """Take over what an earlier process left, and begin. Once."""
        with self._lock:
            if self._started:
                return
            self._started = True
        self._outbox.start()
        self._tidier.start()
        for courier in self._couriers:
            courier.start()

    def stop(self, timeout_seconds: float) -> None:
        """Begin nothing new and write down what was done; idempotent, bounded."""
        for courier in self._couriers:
            courier.stop()
        self._outbox.hold()
        for courier in self._couriers:
            courier.join(timeout_seconds / 2)
        self._tidier.stop(timeout_seconds / 2)
        self._outbox.stop(timeout_seconds / 2)

    def take(self, transition: Transition) -> None:
        """Take in a transition that has just been announced; never waits."""
        if self.names:
            self._outbox.take(transition)

    @property
    def telling(self) -> Telling:
        """What is told through which channel, and how often; the defaults until it is read."""
        return self._telling or Telling()

    def change(self, change: Callable[[Telling], Telling]) -> Telling:
        """Store what ``change`` makes of what is set, then follow it; raises ``StorageError``."""
        with self._changing:
            self._load()
            after, now = change(self.telling), self._clock.now()
            stored = written(after)
            self._database.write(
                WRITE_SECONDS, lambda where: preferences.store(where, NAME, stored, now)
            )
            self._follow(after)
            return after

    def _load(self) -> None:
        """Read what is set, unless that has been done; raises ``StorageError``."""
        if self._telling is None:
            stored = self._database.read(READ_SECONDS, lambda where: preferences.load(where, NAME))
            self._follow(read(stored))

    def _follow(self, telling: Telling) -> None:
        self._telling = telling
        self._outbox.follow({name: telling.rule(name) for name in self.names})

    def try_out(self, name: str) -> ChannelTest | None:
        """Send a test message now and return what happened; ``None`` for no such channel."""
        trial = self._trials.get(name)
        return None if trial is None else trial.run()

    def deliveries(self, query: DeliveryQuery) -> DeliveryPage:
        """Return a page of the delivery log; raises ``StorageError`` or ``StorageTimeout``."""
        return self._database.browse(READ_SECONDS, lambda where: queries.page(where, query))

    def problems(self) -> tuple[str, ...]:
        """Return what does not run, a sentence each."""
        if not self._started:
            return ()
        dead = [] if self._outbox.is_alive else ["the outbox of notifications has died"]
        if not self._tidier.is_well:
            dead.append("the thread that tidies the log of notifications has died")
        names = zip(self.names, self._couriers, strict=True)
        dead += [
            f"notifications through {name} have died" for name, one in names if not one.is_well
        ]
        return tuple(dead)

    def restarts(self) -> dict[str, int]:
        """Return how often the thread of each channel has died and begun again."""
        names = zip(self.names, self._couriers, strict=True)
        return {name: one.restarts for name, one in names}


class _Test:
    """The test of one channel, one at a time, beside whatever else the channel does."""

    def __init__(self, channel: Channel, clock: Clock, link: str) -> None:
        self._channel = channel
        self._clock = clock
        self._link = link
        self._bound = bound("monserv-trial")
        self._lock = threading.Lock()

    def run(self) -> ChannelTest:
        name = self._channel.info.name
        if not self._lock.acquire(blocking=False):
            return ChannelTest(name, BUSY)
        try:
            words = message.trial(self._link, self._clock.now())
            return ChannelTest(name, attempt(self._channel, self._bound, words))
        finally:
            self._lock.release()
