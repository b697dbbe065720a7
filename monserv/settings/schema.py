"""What each setting may say: one field a name, with the reason when it may not."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from monserv.model import rollup
from monserv.settings import addresses, channels, servers

SHORTEST_POLL_INTERVAL_SECONDS = 1
LONGEST_SECONDS = 86400
MOST_PROXIES = 10

_DIGITS = re.compile(r"[0-9]{1,5}")
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Number(fields.Field[float]):
    """A number within bounds; ``above`` is excluded, ``least`` and ``most`` are not."""

    def __init__(
        self, unit: str, *, most: float, least: float = 0.0, above: bool = False, **options: Any
    ) -> None:
        self._bounds = (least, most, above)
        start = f"above {least:g}" if above else f"from {least:g}"
        self._reason = f"must be a number {start} to {most:g} ({unit})"
        super().__init__(**options)

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> float:
        least, most, above = self._bounds
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not least <= number <= most or (above and number == least):
            raise ValidationError(self._reason)
        return number


class Whole(fields.Field[int]):
    """A whole number within bounds, both included."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        self._bounds = (least, most)
        super().__init__(**options)

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> int:
        least, most = self._bounds
        is_digits = isinstance(value, str) and _DIGITS.fullmatch(value.strip())
        number = int(value) if is_digits else value
        # True is an int too.
        if type(number) is not int or not least <= number <= most:
            raise ValidationError(f"must be a whole number from {least} to {most}")
        return number


class Text(fields.Field[str]):
    """A text on one line, without blanks around it."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("must be a text")
        text = value.strip()
        if not text.isprintable():
            raise ValidationError("must not hold control characters")
        return text


class Word(Text):
    """One of a few words, in any case."""

    def __init__(self, *words: str, **options: Any) -> None:
        self._words = words
        super().__init__(**options)

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> str:
        text = super()._deserialize(value, *rest, **more)
        for word in self._words:
            if text.lower() == word.lower():
                return word
        raise ValidationError(f"must be one of {', '.join(self._words)}")


class Switch(fields.Field[bool]):
    """On or off."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> bool:
        word = str(value).strip().lower()
        if word not in {"true", "false"}:
            raise ValidationError("must be true or false")
        return word == "true"


class Host(Text):
    """A host name or address, without brackets."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> str:
        host = addresses.bare_host(super()._deserialize(value, *rest, **more))
        if host is None or not addresses.is_bindable(host):
            raise ValidationError("must be a host name or an IP address, without a port")
        return host


class HostAndPort(Text):
    """``host`` or ``host:port``."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> str:
        text = super()._deserialize(value, *rest, **more)
        parts = addresses.split_port(text)
        if parts is None:
            raise ValidationError("must be host:port, without https:// and without a path")
        host, port = parts
        return addresses.in_url(host) + (f":{port}" if port else "")


class Listed(fields.Field[tuple[str, ...]]):
    """Texts with commas between them, or a list of texts."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> tuple[str, ...]:
        listed = self._split(value) if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise ValidationError("must be a text or a list of texts")
        return tuple(self._check(one.strip()) for one in listed if one.strip())

    def _split(self, text: str) -> list[str]:
        return text.split(",")

    def _check(self, text: str) -> str:
        return text


class Paths(Listed):
    """Paths, or ``none``."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> tuple[str, ...]:
        paths = super()._deserialize(value, *rest, **more)
        return () if [one.lower() for one in paths] == ["none"] else paths

    def _check(self, text: str) -> str:
        if not text.isprintable():
            raise ValidationError("must not hold control characters")
        return text


class YesOrNo(fields.Field[bool]):
    """A word that says yes or no, in any case; a file may also say true or false."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> bool:
        word = str(value).strip().lower() if isinstance(value, (str, bool)) else ""
        if word not in {*_YES, *_NO}:
            raise ValidationError("must be true or false")
        return word in _YES


class Origins(Listed):
    """Origins, or ``*`` for all."""

    def _check(self, text: str) -> str:
        origin = "*" if text == "*" else addresses.origin(text)
        if origin is None:
            raise ValidationError("must be origins such as https://status.example.net, or *")
        return origin


class Hosts(Listed):
    """Host names or addresses, ports aside, or ``*`` for all."""

    def _check(self, text: str) -> str:
        if text == "*":
            return text
        parts = addresses.split_port(text)
        if parts is None:
            raise ValidationError("must be host names or addresses, or *")
        return parts[0]


class Entries(fields.Field[tuple[str, ...]]):
    """``SERVERS``: entries in order, empty ones kept, so that positions stay true."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return tuple(servers.split(value))
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        raise ValidationError("must be a text or a list of texts")


class Links(fields.Field[tuple[str, ...]]):
    """``MONSERV_NOTIFY_URLS``: links in their order."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return tuple(channels.split(value))
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(one.strip() for one in value)
        raise ValidationError("must be a text or a list of texts")


class Value(fields.Field[str]):
    """A secret on one line, as it is; blanks belong to it."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("must be a text")
        if not value.isprintable():
            raise ValidationError("must not hold control characters")
        return value


def _percent(default: float, **options: Any) -> Number:
    return Number("percent", most=100, above=True, load_default=default, **options)


def _days(tier: rollup.Tier, *, most: float) -> Number:
    default = rollup.DEFAULT_RETENTION.seconds(tier) / rollup.DAY_SECONDS
    return Number("days", most=most, load_default=default)


class SettingsSchema(Schema):
    """Every setting by its name in the environment."""

    SERVERS = Entries(load_default=())
    POLL_INTERVAL_SECONDS = Number(
        "seconds", least=SHORTEST_POLL_INTERVAL_SECONDS, most=LONGEST_SECONDS, load_default=4.0
    )
    CPU_THRESHOLD_PERCENT = _percent(90.0)
    MEM_THRESHOLD_PERCENT = _percent(80.0)
    DISK_THRESHOLD_PERCENT = _percent(80.0)
    PROC_RAM_THRESHOLD_PERCENT = _percent(90.0)
    MONSERV_COMMAND_LINES = Switch(load_default=False)
    MONSERV_CPU_FOR_SECONDS = Number("seconds", most=LONGEST_SECONDS, load_default=60.0)
    SERVER_HOST = Host(load_default="127.0.0.1")
    SERVER_PORT = Whole(least=1, most=addresses.MAX_PORT, load_default=18904)
    API_HOST = HostAndPort(load_default="")
    DATABASE_URL = Text(
        load_default="",
        validate=validate.Regexp(r"[a-z0-9+]+://", error="must be a URL such as sqlite:////path"),
    )
    MONSERV_DATA_DIR = Text(load_default="")
    MONSERV_VENV = Text(load_default="")
    MONSERV_SSH_CONFIG = Text(load_default="")
    MONSERV_CPU_BUDGET_PERCENT = _percent(2.0)
    MONSERV_HISTORY_1M_DAYS = _days(rollup.MINUTE, most=31)
    MONSERV_HISTORY_10M_DAYS = _days(rollup.TEN_MINUTES, most=400)
    MONSERV_HISTORY_1H_DAYS = _days(rollup.HOUR, most=3660)
    MONSERV_DELIVERIES_DAYS = Number("days", least=1, most=3660, load_default=90.0)
    ALLOWED_ORIGINS = Origins(load_default=())
    ALLOWED_HOSTS = Hosts(load_default=())
    MONSERV_TLS_CERT = Text(load_default="")
    MONSERV_TLS_KEY = Text(load_default="")
    MONSERV_KNOWN_HOSTS = Paths(load_default=("~/.ssh/known_hosts",))
    MONSERV_STRICT_HOST_KEYS = YesOrNo(load_default=False)
    MONSERV_TRUSTED_PROXIES = Whole(least=0, most=MOST_PROXIES, load_default=0)
    MONSERV_AUTH = Word("auto", "required", "none", load_default="auto")
    EMAIL_SMTP_HOST = Host(load_default="")
    EMAIL_SMTP_PORT = Whole(least=1, most=addresses.MAX_PORT, load_default=channels.SUBMISSION_PORT)
    EMAIL_FROM = Text(load_default="")
    EMAIL_PASSWORD = Value(load_default="")
    EMAIL_TO = Listed(load_default=())
    SLACK_WEBHOOK_URL = Text(load_default="")
    TELEGRAM_BOT_TOKEN = Text(load_default="")
    TELEGRAM_CHAT_ID = Listed(load_default=())
    MONSERV_NOTIFY_URLS = Links(load_default=())
    MONSERV_REQUESTS_PER_SECOND = Number("requests a second", most=100_000, load_default=100.0)
    LOG_LEVEL = Word(*_LEVELS, load_default="INFO")
    LOG_FORMAT = Word("text", "json", load_default="text")


# These may hold passwords, so they can also be read from a file of their own.
SECRET_NAMES = (
    "SERVERS",
    "DATABASE_URL",
    "EMAIL_PASSWORD",
    "SLACK_WEBHOOK_URL",
    "TELEGRAM_BOT_TOKEN",
    "MONSERV_NOTIFY_URLS",
)
NAMES = tuple(SettingsSchema._declared_fields)  # noqa: SLF001 -- the only list of them


def check(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return all settings with their defaults; raises ``ValidationError`` naming each wrong one."""
    checked: dict[str, Any] = SettingsSchema().load(values)
    return checked
