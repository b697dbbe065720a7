"""Bring a database to this version, or leave it exactly as it was.

The work happens on a copy; one rename puts it in place, so that a process killed
at any step leaves the old database or the new one. The old one is kept beside it
as ``<name>.before-<its version>``.

``python -m monserv.db.migrate`` reads the URL from its standard input, where it
shows in no process list, and exits with 2 and one line when it refuses.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError

from monserv.db.location import sentence, sqlite_path
from monserv.errors import StorageError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
LOCK_TIMEOUT_SECONDS = 5.0
FILE_MODE = 0o600
FOLDER_MODE = 0o700


def migrate(url: str) -> None:
    """Make the database that ``url`` names, or upgrade it to this version.

    Raises ``StorageError`` when it is damaged, in use, of a newer version or no
    database of monserv; it is then as it was.
    """
    path = sqlite_path(url)
    try:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if _exists(path):
            _upgrade(path)
        else:
            _create(path)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StorageError(sentence(path, error)) from error


def _exists(path: Path) -> bool:
    """Return whether there is a database; raises when only remains of one are left."""
    if path.exists() and path.stat().st_size > 0:
        return True
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > 0:
        missing = "is empty" if path.exists() else "is missing"
        raise StorageError(
            f"The database {path} {missing}, but its write-ahead log {log} is there; "
            "restore the database from a backup, or move the log away to begin a new one"
        )
    return False


def _create(path: Path) -> None:
    with _scratch(path, "new") as new:
        _run_migrations(new)
        _put(new, path)


def _upgrade(path: Path) -> None:
    path.chmod(FILE_MODE)
    with contextlib.closing(_open(path)) as old:
        version = _version(path, old)
        if version == _scripts().get_current_head():
            return
        # From here on nobody else may write; leaving WAL brings everything into the
        # one file and fails while another process has the database open.
        old.execute("PRAGMA journal_mode = DELETE").fetchall()
        old.execute("BEGIN EXCLUSIVE")
        with _scratch(path, "backup") as backup, _scratch(path, "upgraded") as upgraded:
            with contextlib.closing(sqlite3.connect(backup)) as target:
                old.backup(target)
            shutil.copyfile(backup, upgraded)
            _run_migrations(upgraded)
            _put(backup, path.with_name(f"{path.name}.before-{version or 'monserv'}"))
            _put(upgraded, path)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=LOCK_TIMEOUT_SECONDS
    )


def _version(path: Path, connection: sqlite3.Connection) -> str | None:
    """Return the database's version, ``None`` before the first; refuses what is not ours."""
    problems = [text for (text,) in connection.execute("PRAGMA quick_check(1)")]
    if problems != ["ok"]:
        raise StorageError(f"The database {path} is damaged; move it away or restore a backup")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if "alembic_version" not in tables:
        if tables:
            raise StorageError(
                f"The file {path} is a database of another program; "
                "let DATABASE_URL name another file"
            )
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    version = None if row is None else str(row[0])
    if version is not None and not _is_known(version):
        raise StorageError(
            f"The database {path} was written by a newer version of monserv ({version}); "
            "start that version, or restore a backup"
        )
    return version


def _is_known(version: str) -> bool:
    known = {script.revision for script in _scripts().walk_revisions()}
    return version in known


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _run_migrations(path: Path) -> None:
    """Upgrade the file at ``path``, which nobody else knows yet, to the newest version."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path), poolclass=NullPool)
    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


@contextlib.contextmanager
def _scratch(path: Path, purpose: str) -> Iterator[Path]:
    """Yield an empty private file beside ``path``, without what a killed run left there."""
    scratch = path.with_name(f"{path.name}.{purpose}")
    _remove(scratch)
    os.close(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
    try:
        yield scratch
    finally:
        _remove(scratch)


def _remove(scratch: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        scratch.with_name(scratch.name + suffix).unlink(missing_ok=True)


def _put(scratch: Path, path: Path) -> None:
    """Move a finished file to its place: durable before, atomic, durable after."""
    _sync(scratch)
    scratch.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def main() -> int:
    """Migrate the database whose URL stands in the first line of the standard input."""
    try:
        migrate(sys.stdin.readline().strip())
    except StorageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
