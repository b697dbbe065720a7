"""What only a library can tell of the settings, asked before anything is started.

``python -m monserv.preflight`` tries the private keys that ``SERVERS`` names and builds
the notification channels, and exits with 2 and a line for each that cannot be used. It
is a process of its own, so that gunicorn's master stays free of what its worker must
patch.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import config  # its directory is on the path
from monserv.errors import DeliveryError, PollError
from monserv.model.channel import NotifySettings
from monserv.model.server import Server
from monserv.model.settings import Settings
from monserv.notify import routing
from monserv.notify.channels.link import LinkChannel
from monserv.notify.channels.shape import Channel
from monserv.settings.channels import LINKS
from monserv.ssh.identities import configured_key, refuse_foreign_certificates
from monserv.ssh.private_key import KeyUnusableError
from monserv.sshconfig import guide
from monserv.sshconfig.book import Book

REFUSED = 2


def complaint(server: Server) -> str | None:
    """Return why a key or certificate of ``server`` cannot be used, without a secret.

    Keys that the SSH configuration names are judged at a login, as ``ssh`` does: others of
    them, or the agent, may let in.
    """
    try:
        if server.credentials.key_path is None:
            refuse_foreign_certificates(server.credentials)
        else:
            configured_key(server)
    except KeyUnusableError as error:
        return f"SERVERS, {server.url}: {error}"
    return None


def complaints(settings: Settings) -> list[str]:
    """Return what :func:`complaint` says of each server, where the SSH configuration leads."""
    book = config.book(settings)
    led = [server for one in settings.servers for server in _led(one, book)]
    return [said for server in led if (said := complaint(server)) is not None]


def _led(server: Server, book: Book) -> Iterator[Server]:
    """Give a server as it is logged in on; what cannot be used keeps no other from starting."""
    with contextlib.suppress(PollError):
        yield guide.resolved(server, book)


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
    wrong = [*complaints(settings), *channel_complaints(settings.notify)]
    for said in wrong:
        sys.stderr.write(f"{said}\n")
    return REFUSED if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
