"""Brings what is due to one channel, one after the other, in a thread of its own.

A server that hangs costs its own channel an attempt, and nobody else anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from monserv.clock import Clock
from monserv.errors import DeliveryError
from monserv.model.delivery import Delivery, DeliveryState
from monserv.notify import library, message, retry, words
from monserv.notify.channels.shape import Channel
from monserv.notify.message import Message
from monserv.notify.outbox import Outbox
from monserv.offload import Bound, CallTimeout, bound
from monserv.supervised import SupervisedThread

log = logging.getLogger(__name__)

ATTEMPT_SECONDS = 30.0
LOOK_SECONDS = 60.0
JOIN_SECONDS = 0.3


class Courier:
    """The thread ``monserv-delivery-<number>``."""

    def __init__(
        self,
        channel: Channel,
        number: int,
        outbox: Outbox,
        *,
        clock: Clock,
        random: Callable[[], float],
        link: str,
    ) -> None:
        self._channel = channel
        self._name = channel.info.name
        self._outbox = outbox
        self._clock = clock
        self._random = random
        self._link = link
        self._bound = bound(f"monserv-attempt-{number}")
        self._failures = 0
        # What is being tried; the round after one that died finds it here.
        self._in_hand: Delivery | None = None
        self._thread = SupervisedThread(f"monserv-delivery-{number}", self._round)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing new; what is under way is told again at the next start."""
        self._thread.request_stop()

    def join(self, timeout_seconds: float) -> None:
        """Wait for the end, shortly."""
        self._thread.join(min(timeout_seconds, JOIN_SECONDS))

    @property
    def is_well(self) -> bool:
        """Whether the thread runs, and did not just die of a bug."""
        return self._thread.is_well

    @property
    def restarts(self) -> int:
        """How often it has died of a bug, and begun again."""
        return self._thread.restarts

    def _round(self) -> float:
        """Bring the next delivery, if one is due; return for how long to do nothing then."""
        if self._in_hand is not None:
            self._failed(self._in_hand, words.UNKNOWN)
        self._in_hand = self._outbox.next(self._name, LOOK_SECONDS)
        if self._in_hand is None:
            return 0.0
        pause_seconds = self._deliver(self._in_hand)
        self._in_hand = None
        return pause_seconds

    def _deliver(self, one: Delivery) -> float:
        """Try once, say how it went, and return for how long the channel is left alone."""
        said = attempt(self._channel, self._bound, message.of(one, self._link))
        if said is not None:
            return self._failed(one, said)
        if self._failures:
            log.info("Notifications through %s work again", self._name)
        self._failures = 0
        done = replace(
            one,
            state=DeliveryState.SENT,
            attempts=one.attempts + 1,
            finished_at=self._clock.now(),
            last_error=None,
        )
        self._outbox.settle(done)
        return 0.0

    def _failed(self, one: Delivery, said: str) -> float:
        self._failures += 1
        if self._failures == 1:
            log.warning("Notifications through %s fail: %s; trying again", self._name, said)
        now, attempts = self._clock.now(), one.attempts + 1
        tried = replace(one, attempts=attempts, last_error=said[:1].upper() + said[1:])
        if retry.is_hopeless(one.happened_at, attempts, now):
            log.error("Gave up telling of an alert through %s: %s", self._name, said)
            tried = replace(tried, state=DeliveryState.FAILED, finished_at=now)
        else:
            wait = timedelta(seconds=retry.delay_seconds(attempts, self._random))
            tried = replace(tried, due_at=now + wait)
        self._outbox.settle(tried)
        return retry.channel_delay_seconds(self._failures, self._random)


def attempt(channel: Channel, bound: Bound, message: Message) -> str | None:
    """Try to send; return why it was not taken, ``None`` when it was."""
    try:
        bound.call(ATTEMPT_SECONDS, lambda: library.send(channel.plugin(), message))
    except DeliveryError as error:
        return str(error)
    except CallTimeout:
        return words.LATE
    return None
