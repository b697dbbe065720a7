"""Where the database lies, and what SQLite's errors mean to a person.

SQLAlchemy, which takes as long to import as all else that a start asks first, is imported
for what is unusual alone: a URL that does not simply name a file, an error of its own.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from monserv.errors import StorageError

# What make_url would read in the same way, with nothing else in it.
_PLAIN_FILE = re.compile(r"sqlite:///(?!:memory:$|file:)([^?%\0\n]+)")

_SENTENCES = {
    "SQLITE_BUSY": "The database {path} is locked by another program",
    "SQLITE_LOCKED": "The database {path} is locked by another program",
    "SQLITE_FULL": "The disk is full: the database {path} cannot grow",
    "SQLITE_READONLY": "The database {path} cannot be written: it is read-only",
    "SQLITE_CORRUPT": "The database {path} is damaged; move it away or restore a backup",
    "SQLITE_NOTADB": "The file {path} is damaged or no SQLite database; move it away",
    "SQLITE_CANTOPEN": "The database {path} cannot be opened",
    "SQLITE_PERM": "The database {path} cannot be opened: permission denied",
    "SQLITE_IOERR": "The disk fails: the database {path} cannot be read or written",
}


def sqlite_path(url: str) -> Path:
    """Return the file that ``url`` names; raises ``StorageError`` for anything but SQLite."""
    plain = _PLAIN_FILE.fullmatch(url)
    return Path(plain[1]).absolute() if plain else _unusual_path(url)


def _unusual_path(url: str) -> Path:
    from sqlalchemy.engine import make_url  # noqa: PLC0415 -- as said above
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 -- as said above

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text itself may hold a password; a port that is no number is a ValueError.
        raise StorageError(
            "DATABASE_URL is no database URL; write sqlite:////absolute/path/monserv.db"
        ) from None
    backend = parsed.get_backend_name()
    if backend != "sqlite" or parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise StorageError(
            f"DATABASE_URL names {parsed.drivername}, but this version keeps its data in SQLite "
            "only; write sqlite:////absolute/path/monserv.db"
        )
    name = parsed.database or ":memory:"
    is_file = name != ":memory:" and not name.startswith("file:") and "\0" not in name
    if not is_file or parsed.query or parsed.host or parsed.username:
        raise StorageError(
            "DATABASE_URL must name a plain file; write sqlite:////absolute/path/monserv.db"
        )
    return Path(name).absolute()


def empty(path: Path) -> str:
    """Return what is to be done about a database of zero bytes."""
    return (
        f"The database {path} is empty; "
        "restore it from a backup, or remove it and restart to begin a new one"
    )


def meaning(path: Path, name: str) -> str | None:
    """Return what SQLite's error ``name`` means, in a sentence; ``None`` when we do not know."""
    known = _SENTENCES.get(name)
    return known and known.format(path=path)


def sentence(path: Path, error: Exception) -> str:
    """Return what ``error`` means, in one sentence without parameters or SQL."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError  # noqa: PLC0415 -- as said above

    cause: object = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        # Extended names add to the base name: SQLITE_READONLY_DBMOVED.
        name = "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
        return meaning(path, name) or f"The database {path} fails: {cause}"
    if isinstance(cause, OSError):
        return f"The database {path} cannot be used: {cause.strerror or cause}"
    if isinstance(cause, SQLAlchemyError):
        return f"The database {path} fails: {type(cause).__name__}"
    return f"The database {path} fails: {cause}"
