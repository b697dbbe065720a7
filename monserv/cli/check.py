"""``monserv check``: what a start would do, or how one server answers, without a start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

import config  # its directory is on the path
from monserv import preflight
from monserv.cli import one_poll, reading
from monserv.db.location import sqlite_path
from monserv.errors import PollError, SettingsError
from monserv.model.rollup import TIERS
from monserv.model.server import Server
from monserv.model.settings import Settings
from monserv.settings import greeting
from monserv.settings.sources import DOTENV, TOML
from monserv.setup import product
from monserv.sshconfig import guide
from monserv.sshconfig.book import Book

FAILED = 1


@click.command()
@click.argument("server", required=False, metavar="[SERVER]")
@click.option(
    "--ask-password", is_flag=True, help="Ask for its password, which then stands nowhere."
)
def check(server: str | None, *, ask_password: bool) -> None:
    """Read settings and keys, and say what would be watched.

    With SERVER, an address such as ssh://user@host or the name of one in SERVERS, poll it
    once: each step with its duration, the values, and the cause when it fails.
    """
    settings = reading.settings()
    if server is not None:
        found = one_poll.server(server, settings, ask_password=ask_password)
        sys.exit(0 if one_poll.run(found, settings) else FAILED)
    sqlite_path(settings.database_url)
    wrong = preflight.complaints(settings)
    if wrong:
        raise SettingsError("; ".join(wrong))
    for line in _report(settings):
        click.echo(line)
    for remark in reading.remarks(settings):
        click.echo(f"monserv: {remark}", err=True)


def _report(settings: Settings) -> Iterator[str]:
    yield f"Settings    {', '.join(_sources(product.settings_directory()))}"
    yield f"Data        {settings.data_dir}"
    yield f"History     {_history(settings)}"
    yield greeting.links(settings)[0]
    count = len(settings.servers)
    seconds = settings.poll_interval_seconds
    yield f"Watching    {count} server{'' if count == 1 else 's'}, every {seconds:g} s"
    if not count:
        yield "  and those added on the dashboard; at the very first start, this machine"
    book = config.book(settings)
    for server in settings.servers:
        yield f"  {_line(server)}"
        led = _led(server, book)
        if led:
            yield f"    {led}"


def _history(settings: Settings) -> str:
    """Return what is kept, and about how large it becomes."""
    kept = settings.history
    told = [f"{tier.name} for {_days(kept.days(tier))}" for tier in TIERS if kept.days(tier) > 0]
    if not told:
        return "none but the last fifteen minutes"
    megabytes = sum(kept.estimated_bytes(tier) for tier in TIERS) / 1e6
    return f"{', '.join(told)}: about {megabytes:.1f} MB a server"


def _days(days: float) -> str:
    return f"{days:g} day{'' if days == 1 else 's'}"


def _sources(directory: Path) -> list[str]:
    """Return where settings were read from; each later one yields to those before it."""
    files = [directory / name for name in (DOTENV, TOML)]
    return ["the environment", *(str(file) for file in files if file.exists())]


def _line(server: Server) -> str:
    tags = f" [{', '.join(server.tags)}]" if server.tags else ""
    return f"{server.url}  {server.name}{tags}"


def _led(server: Server, book: Book) -> str:
    """Return where the SSH configuration leads for a server; nothing where it says nothing."""
    try:
        led = guide.resolved(server, book)
    except PollError as error:
        return f"cannot be reached: {error}"
    if led is server:
        return ""
    said = [f"by {book.path}: {led.username}@{led.place}"]
    if led.hops and led.hops != server.hops:
        said.append(f"through {', '.join(f'{hop.username}@{hop.place}' for hop in led.hops)}")
    names = led.credentials.identities
    if names.key_paths and led.credentials.key_path is None:
        said.append(f"with {', '.join(names.key_paths)}")
    return " ".join(said)
