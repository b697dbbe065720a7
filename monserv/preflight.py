"""What only a library can tell of the settings, asked before anything is started.

``python -m monserv.preflight`` tries the private keys that ``SERVERS`` names and builds
the notification channels, and exits with 2 and a line for each that cannot be used. It
is a process of its own, so that gunicorn's master stays free of what its worker must
patch.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import config  # its directory is on the path
from monserv.errors import DeliveryError
from monserv.model.channel import NotifySettings
from monserv.model.server import Server
from monserv.notify import routing
from monserv.notify.channels.link import LinkChannel
from monserv.notify.channels.shape import Channel
from monserv.settings.channels import LINKS
from monserv.ssh.identities import configured_key
from monserv.ssh.private_key import KeyUnusableError

REFUSED = 2


def complaint(server: Server) -> str | None:
    """Return why the key of ``server`` cannot be used, in a sentence without a secret."""
    if server.credentials.key_path is None:
        return None
    try:
        configured_key(server)
    except KeyUnusableError as error:
        return f"SERVERS, {server.url}: {error}"
    return None


def complaints(servers: Iterable[Server]) -> list[str]:
    """Return what :func:`complaint` says of each of them."""
    return [said for server in servers if (said := complaint(server)) is not None]


def channel_complaints(settings: NotifySettings) -> list[str]:
    """Return which channels cannot be built, each with its reason and without a secret."""
    wrong = []
    entry = 0
    for channel in routing.channels(settings):
        name = channel.info.name
        if isinstance(channel, LinkChannel):
            entry += 1
            name = f"{LINKS}, entry {entry}"
        said = _unusable(channel)
        if said is not None:
            wrong.append(f"{name}: {said}")
    return wrong


def _unusable(channel: Channel) -> str | None:
    try:
        channel.plugin()
    except DeliveryError as error:
        return str(error)
    return None


def main() -> int:
    """Print what is wrong; return the exit code."""
    settings = config.load()
    wrong = [*complaints(settings.servers), *channel_complaints(settings.notify)]
    for said in wrong:
        sys.stderr.write(f"{said}\n")
    return REFUSED if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
