"""Which channels there are, and which of them a transition goes to.

Every channel hears of every alert. Each recipient of a mail and each chat is a channel
of its own: who took a message is not sent it again because another did not. The names
are what the outbox keeps: they are the same at every start with the same settings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from monserv.model.channel import EmailSettings, NotifySettings, TelegramSettings
from monserv.notify.channels.email import EmailChannel
from monserv.notify.channels.link import LinkChannel, scheme_of
from monserv.notify.channels.shape import Channel
from monserv.notify.channels.slack import SlackChannel
from monserv.notify.channels.telegram import TelegramChannel


def channels(settings: NotifySettings) -> tuple[Channel, ...]:
    """Return the configured channels, each with a name of its own."""
    found: list[Channel] = []
    if settings.email is not None:
        found += _email(settings.email)
    if settings.slack_webhook is not None:
        found.append(SlackChannel(settings.slack_webhook))
    if settings.telegram is not None:
        found += _telegram(settings.telegram)
    taken = Counter(channel.info.name for channel in found)
    for url in settings.links:
        scheme = scheme_of(url)
        taken[scheme] += 1
        name = scheme if taken[scheme] == 1 else f"{scheme}-{taken[scheme]}"
        found.append(LinkChannel(name, url))
    return tuple(found)


def _email(settings: EmailSettings) -> list[EmailChannel]:
    if len(settings.recipients) == 1:
        return [EmailChannel(settings)]
    return [
        EmailChannel(replace(settings, recipients=(one,)), f"email:{one}")
        for one in settings.recipients
    ]


def _telegram(settings: TelegramSettings) -> list[TelegramChannel]:
    if len(settings.chat_ids) == 1:
        return [TelegramChannel(settings)]
    return [
        TelegramChannel(replace(settings, chat_ids=(one,)), f"telegram:{one}")
        for one in settings.chat_ids
    ]
