"""The revisions in ``migrations/``, run by Alembic on a file that nobody else knows yet."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError

from monserv.db.location import sentence
from monserv.errors import StorageError
from monserv.setup.product import ROOT

MIGRATIONS = ROOT / "migrations"


def run(file: Path, path: Path) -> None:
    """Upgrade ``file``, which is to become the database ``path``, to the newest version.

    Raises ``StorageError`` when SQLAlchemy fails.
    """
    try:
        _upgrade(file)
    except SQLAlchemyError as error:
        raise StorageError(sentence(path, error)) from error
    with contextlib.closing(sqlite3.connect(file)) as finished:
        # Entering WAL needs the file for oneself alone, which only now is certain;
        # with the exclusive lock its index is not in memory that the disk backs.
        finished.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        finished.execute("PRAGMA journal_mode = WAL").fetchall()


def _upgrade(file: Path) -> None:
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(file), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
