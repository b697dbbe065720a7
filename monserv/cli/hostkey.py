"""``monserv hostkey``: the host keys of servers, also while the server runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click

from monserv.cli import one_poll, opening, reading
from monserv.clock import SystemClock
from monserv.db import vault
from monserv.db.engine import Database
from monserv.db.servers import ServerStore
from monserv.db.vault import Vault
from monserv.errors import ServerConflict, UnknownServer
from monserv.model import server_url, ways
from monserv.model.host_key import HostKeyReport, KnownKey
from monserv.model.server import Reach, Server
from monserv.model.settings import Settings
from monserv.ssh.opener import Opener
from monserv.wire.encoding import stamp


@click.group()
def hostkey() -> None:
    """Look at host keys, and accept one that was refused."""


@hostkey.command()
@click.argument("server")
def show(server: str) -> None:
    """Show which host keys of SERVER are known, and which one it shows.

    SERVER is the id, the name or the URL of one that is watched, or any ssh://user@host.
    """
    settings = reading.settings_and_database()
    found = _find(settings, server)
    with _opened(settings) as opener:
        report = opener.host_key(found)
    for line in _lines(found, report):
        click.echo(line)


@hostkey.command()
@click.argument("server")
@click.argument("fingerprint")
def accept(server: str, fingerprint: str) -> None:
    """Trust the key that SERVER shows, when FINGERPRINT (SHA256:...) is that of the key."""
    settings = reading.settings_and_database()
    found = _find(settings, server)
    with _opened(settings) as opener:
        accepted = opener.accept_key(found, fingerprint.strip())
    click.echo(
        f"{found.name}: {accepted.type} {accepted.fingerprint} is accepted;"
        " a running monserv tries it within seconds"
    )


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Opener]:
    opener = opening.opener(settings, SystemClock())
    try:
        yield opener
    finally:
        opener.stop()


def _find(settings: Settings, text: str) -> Server:
    """Return the one server that has this id, name or URL."""
    # Those from settings go before, as where they are watched.
    known = {one.known_as: one for one in (*_stored(settings), *settings.servers)}
    servers = ways.resolved(known.values()).values()
    by_id = [one for one in servers if one.id == text]
    found = by_id or [one for one in servers if one.name == text or _has_url(one, text)]
    if not found and "://" in text:
        # A jump server of ~/.ssh/config is none of those that are watched.
        found = [one_poll.server(text, settings, ask_password=False)]
    if not found:
        raise UnknownServer(f"No server has the id, name or URL {text}")
    if len(found) > 1:
        ids = ", ".join(sorted(one.id for one in found))
        raise ServerConflict(f"Several servers have this name: say which by its id ({ids})")
    if found[0].reach is Reach.LOCAL:
        raise ServerConflict(f"{found[0].name} is watched without SSH, and has no host key")
    return found[0]


def _stored(settings: Settings) -> tuple[Server, ...]:
    database = Database(settings.database_url)
    try:
        return ServerStore(database, Vault(settings.data_dir / vault.FILE)).load().servers
    finally:
        database.close()


def _has_url(server: Server, text: str) -> bool:
    try:
        wanted = server_url.identity(server_url.parse(text).url)
    except server_url.MalformedUrlError:
        return False
    return wanted == server_url.identity(server.url)


def _lines(server: Server, report: HostKeyReport) -> Iterator[str]:
    yield f"{server.name} ({server.url}): {report.state}"
    for key in report.known:
        yield f"  known    {key.type} {key.fingerprint}  {_origin(key)}"
    if report.offered is not None:
        since = f"  since {stamp(report.offered.since)}" if report.offered.since else ""
        yield f"  offered  {report.offered.type} {report.offered.fingerprint}{since}"
        yield f"{report.explanation}."


def _origin(key: KnownKey) -> str:
    if key.since is None:
        return key.place
    return f"{'accepted' if key.is_accepted else 'pinned'} {stamp(key.since)}, {key.place}"
