"""``monserv check``: what a start would do, or how one server answers, without a start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from monserv import preflight
from monserv.cli import one_poll, reading
from monserv.db.location import sqlite_path
from monserv.errors import SettingsError
from monserv.model.server import Server
from monserv.model.settings import Settings
from monserv.settings import greeting
from monserv.settings.sources import DOTENV, TOML
from monserv.setup import product

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
        found = one_poll.server(server, settings.servers, ask_password=ask_password)
        sys.exit(0 if one_poll.run(found, settings.data_dir) else FAILED)
    sqlite_path(settings.database_url)
    wrong = preflight.complaints(settings.servers)
    if wrong:
        raise SettingsError("; ".join(wrong))
    for line in _report(settings):
        click.echo(line)
    for remark in reading.remarks(settings):
        click.echo(f"monserv: {remark}", err=True)


def _report(settings: Settings) -> Iterator[str]:
    yield f"Settings    {', '.join(_sources(product.settings_directory()))}"
    yield f"Data        {settings.data_dir}"
    yield greeting.links(settings)[0]
    count = len(settings.servers)
    seconds = settings.poll_interval_seconds
    yield f"Watching    {count} server{'' if count == 1 else 's'}, every {seconds:g} s"
    if not count:
        yield "  and those added on the dashboard; at the very first start, this machine"
    yield from (f"  {_line(server)}" for server in settings.servers)


def _sources(directory: Path) -> list[str]:
    """Return where settings were read from; each later one yields to those before it."""
    files = [directory / name for name in (DOTENV, TOML)]
    return ["the environment", *(str(file) for file in files if file.exists())]


def _line(server: Server) -> str:
    tags = f" [{', '.join(server.tags)}]" if server.tags else ""
    return f"{server.url}  {server.name}{tags}"
