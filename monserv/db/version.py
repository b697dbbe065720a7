"""Which version of monserv's tables a database has, and whether we may touch it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from monserv.errors import StorageError

# The newest revision in migrations/; revisions sort as text.
CURRENT = "0007"


def stored(path: Path, connection: sqlite3.Connection) -> str | None:
    """Return the database's version, ``None`` before the first.

    Raises ``StorageError`` for another program's database and for one that a newer
    monserv wrote.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if "alembic_version" not in tables:
        if tables:
            raise StorageError(
                f"The file {path} is a database of another program; "
                "let DATABASE_URL name another file"
            )
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        return None
    version = str(row[0])
    if version > CURRENT:
        raise StorageError(
            f"The database {path} was written by a newer version of monserv ({version}); "
            "start that version, or restore a backup"
        )
    return version


def require_current(path: Path, connection: sqlite3.Connection) -> None:
    """Raise ``StorageError`` unless the database has exactly this version's tables."""
    if stored(path, connection) != CURRENT:
        raise StorageError(f"The database {path} is of an older version; restart to upgrade it")
