"""Telegram, through a bot."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.model.channel import ChannelInfo, TelegramSettings
from monserv.notify import library
from monserv.notify.library import Plugin


@dataclass(frozen=True, slots=True)
class TelegramChannel:
    """One bot and its chats."""

    settings: TelegramSettings

    @property
    def info(self) -> ChannelInfo:
        """What people may know of it."""
        chats = len(self.settings.chat_ids)
        return ChannelInfo("telegram", "Telegram", "1 chat" if chats == 1 else f"{chats} chats")

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
