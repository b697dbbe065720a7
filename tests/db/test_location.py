"""What DATABASE_URL may be, and what SQLite's errors mean to a person."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import ArgumentError, OperationalError

from monserv.db.location import sentence, sqlite_path
from monserv.errors import StorageError

PATH = Path("/data/monserv.db")
WRITE = "write sqlite:////absolute/path/monserv.db"
ONLY = f"but this version keeps its data in SQLite only; {WRITE}"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////data/monserv.db", PATH),
        ("sqlite+pysqlite:////data/monserv.db", PATH),
        ("sqlite:////data/my data/100%/ü.db", Path("/data/my data/100%/ü.db")),
        ("sqlite:///here.db", Path.cwd() / "here.db"),
    ],
)
def test_a_plain_file_is_taken(url: str, path: Path) -> None:
    assert sqlite_path(url) == path


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("", f"DATABASE_URL is no database URL; {WRITE}"),
        ("/data/monserv.db", f"DATABASE_URL is no database URL; {WRITE}"),
        ("postgresql://me:hunter2@db:port/x", f"DATABASE_URL is no database URL; {WRITE}"),
        ("postgresql+psycopg://me:hunter2@db/x", f"DATABASE_URL names postgresql+psycopg, {ONLY}"),
        ("sqlite+aiosqlite:////data/x.db", f"DATABASE_URL names sqlite+aiosqlite, {ONLY}"),
        ("sqlite://", f"DATABASE_URL must name a plain file; {WRITE}"),
        ("sqlite:///:memory:", f"DATABASE_URL must name a plain file; {WRITE}"),
        ("sqlite:///file:x.db?uri=true", f"DATABASE_URL must name a plain file; {WRITE}"),
        ("sqlite:////x.db?cipher=hunter2", f"DATABASE_URL must name a plain file; {WRITE}"),
        ("sqlite://data/x.db", f"DATABASE_URL must name a plain file; {WRITE}"),
        ("sqlite://me:hunter2@host/x.db", f"DATABASE_URL must name a plain file; {WRITE}"),
        ("sqlite:////data/\0.db", f"DATABASE_URL must name a plain file; {WRITE}"),
    ],
)
def test_anything_else_is_refused_with_what_to_write_and_without_its_secret(
    url: str, text: str
) -> None:
    with pytest.raises(StorageError) as refusal:
        sqlite_path(url)
    assert str(refusal.value) == text
    assert "hunter2" not in text


def of_sqlite(name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError("words of SQLite")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (of_sqlite("SQLITE_BUSY"), f"The database {PATH} is locked by another program"),
        (of_sqlite("SQLITE_BUSY_SNAPSHOT"), f"The database {PATH} is locked by another program"),
        (of_sqlite("SQLITE_FULL"), f"The disk is full: the database {PATH} cannot grow"),
        (
            of_sqlite("SQLITE_IOERR_FSYNC"),
            f"The disk fails: the database {PATH} cannot be read or written",
        ),
        (of_sqlite("SQLITE_ERROR"), f"The database {PATH} fails: words of SQLite"),
        (sqlite3.ProgrammingError("closed"), f"The database {PATH} fails: closed"),
        (
            PermissionError(13, "Permission denied"),
            f"The database {PATH} cannot be used: Permission denied",
        ),
        (ArgumentError("hunter2"), f"The database {PATH} fails: ArgumentError"),
        (
            OperationalError("INSERT hunter2", {"x": "hunter2"}, of_sqlite("SQLITE_READONLY")),
            f"The database {PATH} cannot be written: it is read-only",
        ),
    ],
)
def test_an_error_becomes_one_sentence_without_sql(error: Exception, text: str) -> None:
    assert sentence(PATH, error) == text
