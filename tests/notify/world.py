"""Deliveries and channels for tests, made of what a test names and ordinary values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monserv.errors import DeliveryError
from monserv.model.alert import Kind
from monserv.model.channel import ChannelInfo
from monserv.model.delivery import Delivery, DeliveryState, delivery
from tests.db.world import NOON, Alerts


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def raised(event: str, at: float, **fields: Any) -> Delivery:
    """Return an open delivery of an alert that was raised in a minute."""
    alert = Alerts().raised(event_id=event, triggered_at=minute(at))
    return replace(delivery(alert, "email"), **fields)


def recovered(event: str, at: float, **fields: Any) -> Delivery:
    ended = raised(event, at, subject="[RECOVERED] scadanas memory", message="back to 65.0%")
    return replace(ended, kind=Kind.RECOVERED, **fields)


def sent(one: Delivery, at: float) -> Delivery:
    return replace(one, state=DeliveryState.SENT, attempts=1, finished_at=minute(at))


@dataclass
class FakeChannel:
    """Takes messages, or says ``error``, or waits in ``hang`` first, or has a ``bug``."""

    name: str = "email"
    error: str | None = None
    bug: BaseException | None = None
    hang: Any = None
    taken: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0

    @property
    def info(self) -> ChannelInfo:
        return ChannelInfo(self.name, "Fake", "nobody")

    def plugin(self) -> FakeChannel:
        self.asked += 1
        if self.hang is not None:
            self.hang.wait(20)
        if self.bug is not None:
            raise self.bug
        if self.error is not None:
            raise DeliveryError(self.error)
        return self

    def notify(self, **message: Any) -> bool:
        self.taken.append((message["title"], message["body"]))
        return True
