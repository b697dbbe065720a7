"""Slack, through an incoming webhook."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.model.channel import ChannelInfo
from monserv.model.secret import Secret
from monserv.notify import library
from monserv.notify.library import Plugin


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """One webhook: ``https://hooks.slack.com/services/T.../B.../...``."""

    webhook: Secret

    @property
    def info(self) -> ChannelInfo:
        """What people may know of it."""
        return ChannelInfo("slack", "Slack", "the webhook's channel")

    def plugin(self) -> Plugin:
        """Return what sends one message; raises ``DeliveryError``."""
        *_, first, second, third = self.webhook.reveal().rstrip("/").split("/")
        return library.plugin(
            "slack",
            "NotifySlack",
            schema="slack",
            token_a=first,
            token_b=second,
            token_c=third,
            include_image=False,
            include_footer=False,
            format="text",
        )
