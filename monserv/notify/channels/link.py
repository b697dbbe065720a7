"""Any other service, by its apprise URL."""

from __future__ import annotations

from dataclasses import dataclass

from monserv.model.channel import ChannelInfo
from monserv.model.secret import Secret
from monserv.notify import library
from monserv.notify.library import Plugin


@dataclass(frozen=True, slots=True)
class LinkChannel:
    """One URL; only its scheme is shown, since any other part may be a secret."""

    name: str
    url: Secret

    @property
    def info(self) -> ChannelInfo:
        """What people may know of it."""
        scheme = scheme_of(self.url)
        return ChannelInfo(self.name, scheme, f"{scheme}://***")

    def plugin(self) -> Plugin:
        """Return what sends one message; raises ``DeliveryError``."""
        return library.plugin_of_link(self.url.reveal())


def scheme_of(url: Secret) -> str:
    """Return the scheme of a URL: which service it is."""
    return url.reveal().partition("://")[0].lower()
