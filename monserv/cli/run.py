"""``monserv run``: the server itself, in this very process."""

from __future__ import annotations

import sys

import click

from monserv.setup import start


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[GUNICORN'S ARGUMENTS]...")
def run(arguments: tuple[str, ...]) -> None:
    """Watch until Ctrl-C or SIGTERM."""
    sys.exit(start.main(arguments))
