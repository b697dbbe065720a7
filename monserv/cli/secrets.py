"""``monserv secrets``: the keys that open stored passwords."""

from __future__ import annotations

import click

from monserv.cli import reading
from monserv.db import rotation, vault
from monserv.db.engine import Database
from monserv.db.vault import Vault


@click.group()
def secrets() -> None:
    """Look after the keys that open stored passwords."""


@secrets.command()
def rotate() -> None:
    """Seal every stored password with a new key, also beside a running server."""
    settings = reading.settings_and_database()
    database = Database(settings.database_url)
    try:
        count = rotation.rotate(database, Vault(settings.data_dir / vault.FILE))
    finally:
        database.close()
    click.echo(_SAID.get(count, f"{count} passwords are sealed with a new key."))


_SAID = {
    0: "No password is stored, so no key was changed.",
    1: "1 password is sealed with a new key.",
}
