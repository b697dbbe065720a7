"""The shape of every channel."""

from __future__ import annotations

from typing import Protocol

from monserv.model.channel import ChannelInfo
from monserv.notify.library import Plugin


class Channel(Protocol):
    """A way to tell people."""

    @property
    def info(self) -> ChannelInfo:
        """What people may know of it."""

    def plugin(self) -> Plugin:
        """Return what sends one message; raises ``DeliveryError``."""
