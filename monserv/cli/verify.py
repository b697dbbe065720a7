"""``monserv verify``: whether a login may do more than it needs, by trying it."""

from __future__ import annotations

import sys

import click

from monserv.cli import one_poll, opening, reading
from monserv.clock import SystemClock
from monserv.errors import PollError, SettingsError
from monserv.model.restriction import Attempt
from monserv.model.server import Reach, Server
from monserv.model.settings import Settings
from monserv.poll.link import ERROR_LIMIT
from monserv.poll.watchdog import Watchdog
from monserv.probe.text import clean

LIMIT_SECONDS = 60.0
FAILED = 1


@click.command()
@click.argument("server")
@click.option(
    "--ask-password", is_flag=True, help="Ask for its password, or the passphrase of its key."
)
def verify(server: str, *, ask_password: bool) -> None:
    """Try on SERVER what monserv never does, show that each is refused, and poll it once."""
    settings = reading.settings()
    found = one_poll.server(server, settings, ask_password=ask_password)
    if found.reach is Reach.LOCAL:
        raise SettingsError("This machine is watched without a login; there is nothing to verify")
    try:
        tried = _tried(found, settings)
    except PollError as error:
        # It may hold words of the server, which a terminal must not obey.
        text = clean(str(error), ERROR_LIMIT)
        raise SettingsError(f"{found.url}: {text}") from None
    has_polled = one_poll.run(found, settings)
    sys.exit(0 if has_polled and all(one.is_refused for one in tried) else FAILED)


def _tried(server: Server, settings: Settings) -> list[Attempt]:
    """Try everything, and say what came of it as it comes; raises ``PollError``."""
    clock = SystemClock()
    watchdog = Watchdog(clock)
    opener = opening.opener(settings, clock)
    watchdog.start()
    found = []
    try:
        with watchdog.limit(LIMIT_SECONDS) as limit:
            for attempt in opener.liberties(server, limit):
                click.echo(
                    f"  {attempt.liberty:<28} {'refused' if attempt.is_refused else 'ALLOWED'}"
                )
                found.append(attempt)
    finally:
        watchdog.stop(1.0)
        opener.stop()
    return found
