"""The channels that settings name: complete or absent, and nothing that reaches local files.

Whatever is wrong is a ``SettingsError`` that names the setting, for a link its position
too, and repeats nothing of its value, any part of which may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, unquote_plus

from monserv.errors import SettingsError
from monserv.model.channel import EmailSettings, MailSecurity, NotifySettings, TelegramSettings
from monserv.model.secret import Secret
from monserv.settings import addresses

LINKS = "MONSERV_NOTIFY_URLS"
MAX_LINKS = 20
# Each is served by a thread of its own.
MAX_RECIPIENTS = 20
SUBMISSION_PORT = 587
TLS_PORT = 465

# Services that run programs or talk to this machine's own desktop, log or devices.
LOCAL_SERVICES = frozenset(
    {
        "blink1",
        "dbus",
        "exec",
        "file",
        "gio",
        "glib",
        "gnome",
        "kde",
        "macosx",
        "memory",
        "qt",
        "syslog",
        "windows",
    }
)
# What names a local file, in one service or another.
LOCAL_OPTIONS = frozenset(
    {
        "attach",
        "attachment",
        "cafile",
        "ca_certs",
        "cert",
        "config",
        "file",
        "keyfile",
        "pem",
        "pgp",
        "pgpkey",
        "pgpprv",
        "pgppub",
        "subfile",
        "template",
        "wkd",
    }
)

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_WEBHOOK = re.compile(r"https://hooks\.slack\.com/services/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+/?")
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}")
_CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,40}")
_LINK = re.compile(r"([A-Za-z][A-Za-z0-9]{0,30})://[^\s]+")
_BETWEEN = re.compile(r"[,\s]+(?=[A-Za-z][A-Za-z0-9]*://)|\n")


def split(text: str) -> list[str]:
    """Cut a text into links, at line ends and where a link begins after a comma or blank."""
    pieces = (piece.strip().strip(",") for piece in _BETWEEN.split(text))
    return [piece for piece in pieces if piece]


def read(values: Mapping[str, Any]) -> NotifySettings:
    """Return the channels that checked ``values`` name; raises ``SettingsError``."""
    return NotifySettings(
        email=_email(values),
        slack_webhook=_slack(values["SLACK_WEBHOOK_URL"]),
        telegram=_telegram(values["TELEGRAM_BOT_TOKEN"], values["TELEGRAM_CHAT_ID"]),
        links=_links(values[LINKS]),
    )


def _email(values: Mapping[str, Any]) -> EmailSettings | None:
    # The sender and the port alone may be meant for another program.
    if not any(values[name] for name in ("EMAIL_SMTP_HOST", "EMAIL_TO", "EMAIL_PASSWORD")):
        return None
    for name in ("EMAIL_SMTP_HOST", "EMAIL_FROM", "EMAIL_TO"):
        if not values[name]:
            raise SettingsError(
                f"{name} is missing: e-mail needs EMAIL_SMTP_HOST, EMAIL_FROM and EMAIL_TO"
            )
    recipients = tuple(dict.fromkeys(values["EMAIL_TO"]))
    if len(recipients) > MAX_RECIPIENTS:
        raise SettingsError(f"EMAIL_TO names more than {MAX_RECIPIENTS} addresses")
    for name, listed in (("EMAIL_FROM", (values["EMAIL_FROM"],)), ("EMAIL_TO", recipients)):
        if not all(_ADDRESS.fullmatch(one) for one in listed):
            raise SettingsError(f"{name} must be addresses such as ops@example.net")
    if not values["EMAIL_PASSWORD"].isascii():
        raise SettingsError("EMAIL_PASSWORD holds more than ASCII, which mail servers do not take")
    host, port = values["EMAIL_SMTP_HOST"], values["EMAIL_SMTP_PORT"]
    return EmailSettings(
        host=host,
        port=port,
        security=_security(host, port),
        sender=values["EMAIL_FROM"],
        recipients=recipients,
        password=Secret(values["EMAIL_PASSWORD"]) if values["EMAIL_PASSWORD"] else None,
    )


def _security(host: str, port: int) -> MailSecurity:
    """Return how the connection is protected: always, unless it stays on this machine."""
    if port == TLS_PORT:
        return MailSecurity.TLS
    if port != SUBMISSION_PORT and addresses.is_loopback(host):
        return MailSecurity.NONE
    return MailSecurity.STARTTLS


def _slack(webhook: str) -> Secret | None:
    if webhook and not _WEBHOOK.fullmatch(webhook):
        raise SettingsError(
            "SLACK_WEBHOOK_URL must be as Slack shows it: https://hooks.slack.com/services/... ; "
            f"another service's goes into {LINKS}"
        )
    return Secret(webhook) if webhook else None


def _telegram(token: str, chat_ids: Sequence[str]) -> TelegramSettings | None:
    if not token and not chat_ids:
        return None
    if not token or not chat_ids:
        missing = "TELEGRAM_CHAT_ID" if token else "TELEGRAM_BOT_TOKEN"
        raise SettingsError(f"{missing} is missing: Telegram needs a bot's token and a chat's id")
    if not _TOKEN.fullmatch(token):
        raise SettingsError("TELEGRAM_BOT_TOKEN must be as BotFather gives it: digits:letters")
    if not all(_CHAT.fullmatch(one) for one in chat_ids):
        raise SettingsError("TELEGRAM_CHAT_ID must be numbers, or names such as @channel")
    if len(chat_ids) > MAX_RECIPIENTS:
        raise SettingsError(f"TELEGRAM_CHAT_ID names more than {MAX_RECIPIENTS} chats")
    return TelegramSettings(Secret(token), tuple(dict.fromkeys(chat_ids)))


def _links(listed: Sequence[str]) -> tuple[Secret, ...]:
    found = []
    for number, text in enumerate(listed, 1):
        if not text:
            continue
        reason = _complaint(text)
        if reason:
            raise SettingsError(f"{LINKS}, entry {number}: it {reason}")
        found.append(Secret(text))
    if len(found) > MAX_LINKS:
        raise SettingsError(f"{LINKS} names more than {MAX_LINKS} services")
    return tuple(found)


def _complaint(text: str) -> str | None:
    """Return what is wrong with a link; ``None`` when only apprise can tell."""
    link = _LINK.fullmatch(text)
    if link is None:
        return "is no URL such as ntfys://ntfy.sh/topic"
    if link[1].lower() in LOCAL_SERVICES:
        return "names a service that would read files or run programs on this machine"
    options = {name.strip().lower().lstrip("+:-") for name in _options(text)}
    if "verify" in options:
        return "must not say whether certificates are verified: they always are"
    if options & LOCAL_OPTIONS:
        return "has an option that could read files on this machine"
    return None


def _options(text: str) -> list[str]:
    """Return the names of a query, decoded as often as any reader might."""
    names = []
    for part in re.split(r"[?&;]", text)[1:]:
        name = part.partition("=")[0]
        names += [unquote_plus(name), unquote(unquote_plus(name))]
    return names
