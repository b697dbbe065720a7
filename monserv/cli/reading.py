"""What a command needs before its work: the settings, and perhaps the database.

Nothing here takes the lock of the data directory, so that every command can run
beside a live server.
"""

from __future__ import annotations

import os

import config  # its directory is on the path
from monserv.db.migrate import migrate
from monserv.model.settings import Settings
from monserv.setup import lock


def settings() -> Settings:
    """Return the checked settings; raises ``SettingsError`` or ``StartRefused``.

    From here on this process works where a server does, since relative paths in
    settings count from there.
    """
    os.chdir(config.DIRECTORY)
    return config.load()


def remarks(read: Settings) -> tuple[str, ...]:
    """Return what a person should know about these settings, a sentence each."""
    return config.remarks(read)


def settings_and_database() -> Settings:
    """Return the settings once data directory and database are there, of this version.

    What this process makes from here on is for this user alone. Raises
    ``StorageError`` as well: a server of another version may be using the database.
    """
    read = settings()
    os.umask(0o077)
    lock.make_directory(read.data_dir)
    migrate(read.database_url)
    return read
