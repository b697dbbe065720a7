"""Bring a database to this version, or leave it exactly as it was.

The work happens on a copy; one rename puts it in place, so that a process killed
at any step leaves the old database or the new one. The old one is kept beside it
as ``<name>.before-<its version>``.

``python -m monserv.db.migrate`` reads the URL from its standard input, where it
shows in no process list, and exits with 2 and one line when it refuses.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import sys
from pathlib import Path

from monserv.db import version
from monserv.db.disk import require_room
from monserv.db.files import FILE_MODE, put, scratch
from monserv.db.location import empty, sentence, sqlite_path
from monserv.errors import StorageError

LOCK_TIMEOUT_SECONDS = 5.0
FOLDER_MODE = 0o700


def migrate(url: str) -> None:
    """Make the database that ``url`` names, or upgrade it to this version.

    Raises ``StorageError`` when it is damaged, in use, of a newer version or no
    database of monserv, or when the disk is full; it is then as it was.
    """
    path = sqlite_path(url)
    try:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        require_room(path)
        if _exists(path):
            _upgrade(path)
        else:
            _create(path)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(sentence(path, error)) from error


def _exists(path: Path) -> bool:
    """Return whether there is a database; raises when only remains of one are left."""
    if path.exists():
        if path.stat().st_size == 0:
            raise StorageError(empty(path))
        return True
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > 0:
        raise StorageError(
            f"The database {path} is missing, but its write-ahead log {log} is there; "
            "restore the database from a backup, or move the log away to begin a new one"
        )
    return False


def _create(path: Path) -> None:
    with scratch(path, "new") as new:
        _run_migrations(new, path)
        put(new, path)


def _upgrade(path: Path) -> None:
    with contextlib.closing(_open(path)) as old:
        _refuse_damage(path, old)
        before = version.stored(path, old)
        path.chmod(FILE_MODE)
        if before == version.CURRENT:
            return
        _seize(old)
        with scratch(path, "backup") as backup, scratch(path, "upgraded") as upgraded:
            with contextlib.closing(sqlite3.connect(backup)) as target:
                old.backup(target)
            shutil.copyfile(backup, upgraded)
            _run_migrations(upgraded, path)
            put(backup, path.with_name(f"{path.name}.before-{before or 'monserv'}"))
            put(upgraded, path)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=LOCK_TIMEOUT_SECONDS
    )


def _seize(old: sqlite3.Connection) -> None:
    """Keep everybody else out until ``old`` is closed, with everything in the one file."""
    # Leaving WAL fails while another process has the database open.
    old.execute("PRAGMA journal_mode = DELETE").fetchall()
    # The lock outlives the transaction, inside of which no backup can be taken.
    old.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    old.execute("BEGIN EXCLUSIVE")
    old.execute("COMMIT")


def _refuse_damage(path: Path, connection: sqlite3.Connection) -> None:
    problems = [text for (text,) in connection.execute("PRAGMA quick_check(1)")]
    if problems != ["ok"]:
        raise StorageError(f"The database {path} is damaged; move it away or restore a backup")


def _run_migrations(file: Path, path: Path) -> None:
    # Most starts find nothing to do, and need not wait until this is imported.
    from monserv.db import revisions  # noqa: PLC0415 -- as just said

    revisions.run(file, path)


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
