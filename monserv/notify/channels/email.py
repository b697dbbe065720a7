"""E-mail through a mail server, whose certificate is always verified."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from monserv.model.channel import ChannelInfo, EmailSettings
from monserv.notify import library
from monserv.notify.library import Plugin


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """One mail server and whom it writes to."""

    settings: EmailSettings
    name: str = "email"

    @property
    def info(self) -> ChannelInfo:
        """What people may know of it."""
        return ChannelInfo(self.name, "E-mail", ", ".join(self.settings.recipients))

    def plugin(self) -> Plugin:
        """Return what sends one message; raises ``DeliveryError``."""
        settings = self.settings
        login = {}
        if settings.password is not None:
            # apprise decodes both, as if they came out of a URL.
            login["user"] = quote(settings.sender, safe="")
            login["password"] = quote(settings.password.reveal(), safe="")
        return library.plugin(
            "email.base",
            "NotifyEmail",
            schema="mailtos",
            smtp_host=settings.host,
            host=settings.sender.rpartition("@")[2],
            port=settings.port,
            secure_mode=settings.security.value,
            from_addr=settings.sender,
            targets=list(settings.recipients),
            format="text",
            **login,
        )
