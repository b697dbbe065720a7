"""How people are told of alerts, as configured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monserv.model.secret import Secret


class MailSecurity(StrEnum):
    """How a connection to a mail server is protected."""

    STARTTLS = "starttls"
    TLS = "ssl"
    NONE = "insecure"


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """A mail server, and who writes to whom; without a password nobody logs in."""

    host: str
    port: int
    security: MailSecurity
    sender: str
    recipients: tuple[str, ...]
    password: Secret | None = None


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """A bot, and the chats that it writes to."""

    token: Secret
    chat_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Every channel that is configured; ``links`` are apprise's URLs."""

    email: EmailSettings | None = None
    slack_webhook: Secret | None = None
    telegram: TelegramSettings | None = None
    links: tuple[Secret, ...] = ()


NO_CHANNELS = NotifySettings()


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """What people may know of a channel: its name, its service, whom it tells; no secret."""

    name: str
    service: str
    target: str


@dataclass(frozen=True, slots=True)
class ChannelTest:
    """What happened to a test message; ``error`` is ``None`` when it was taken."""

    channel: str
    error: str | None = None
