"""The accounts on the disk, for commands that may run beside a live server."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence

import click

from monserv.accounts.passwords import Passwords
from monserv.accounts.registry import Registry
from monserv.cli import reading
from monserv.clock import SystemClock
from monserv.db.engine import Database
from monserv.errors import AccountError, UnknownAccount
from monserv.model.account import Account
from monserv.model.directory import Directory
from monserv.model.secret import Secret


@contextlib.contextmanager
def opened() -> Iterator[Registry]:
    """Yield the registry; makes or upgrades the database where that is needed."""
    settings = reading.settings_and_database()
    database, passwords = Database(settings.database_url), Passwords()
    try:
        yield Registry(database, passwords, SystemClock())
    finally:
        passwords.stop()
        database.close()


def person(directory: Directory, name: str) -> Account:
    """Return the account with this name; raises ``UnknownAccount``."""
    found = directory.named(name)
    if found is None:
        raise UnknownAccount(f"There is no account named {name}")
    return found


def ask_password() -> Secret:
    """Return a password: typed twice unseen, or the first line of what is piped in.

    It is never an argument, which every user of the machine could read.
    """
    if sys.stdin.isatty():
        return Secret(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise AccountError("The password is read from the terminal or from the standard input")
    return Secret(password)


def shown_tags(tags: frozenset[str]) -> str:
    """Return a limit in words."""
    return f"servers tagged {', '.join(sorted(tags))}" if tags else "all servers"


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield lines in which columns stand below each other; the first row names them."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
