"""Telegram, through a bot."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.model.channel import ChannelInfo, TelegramSettings
from monserv.notify import library
from monserv.notify.library import Plugin


@dataclass(frozen=True, slots=True)
class TelegramChannel:
    """One bot and the chats that it writes to."""

    settings: TelegramSettings
    name: str = "telegram"

    @property
    def info(self) -> ChannelInfo:
        """What people may know of it."""
        return ChannelInfo(self.name, "Telegram", ", ".join(self.settings.chat_ids))

    def plugin(self) -> Plugin:
        """Return what sends one message; raises ``DeliveryError``."""
        return library.plugin(
            "telegram",
            "NotifyTelegram",
            schema="tgram",
            bot_token=self.settings.token.reveal(),
            targets=list(self.settings.chat_ids),
            detect_owner=False,
        )
